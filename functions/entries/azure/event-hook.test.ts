import { createServer } from 'node:http';
import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEventGrid, webhook } from '../../../adapters/conformance/fakes/event-grid.ts';
import { testThings, thingMade } from '../doorbell/test-things.ts';
import type { FetchApp } from '../fetch-app.ts';
import { listenerOf } from '../gcp/listener.ts';
import { type Signer, startSigner } from '../gcp/test-google.ts';
import { registerEvents } from './events-app.ts';
import { testApp, testAzure } from './test-azure.ts';

const tenant = '11111111-2222-3333-4444-555555555555';
const audience = 'api://hybrid-events';
const eventGridApp = '4962773b-9cdb-44cf-a8bf-237846a00ab7';
const subscriptions = {
  HYBRID_SUBSCRIPTIONS: '{"things-events": ["things.thing-made", "things.every-thing"], "others-events": ["others.one"]}',
};

let signer: Signer;
beforeAll(async () => {
  signer = await startSigner();
});
afterAll(() => signer.stop());
const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const world = (environment: Record<string, string> = { HYBRID_EVENT_HOOKS: JSON.stringify({ tenant, audience }) }) => {
  const { table, bound, ...known } = testThings();
  const azure = testAzure(() => table, { ...subscriptions, HYBRID_CERTIFICATES_URL: signer.url, ...environment });
  const on = testApp();
  registerEvents(on.app, bound, azure);
  const iat = Math.floor(azure.clock.now().getTime() / 1000);
  const claims = { iss: `https://sts.windows.net/${tenant}/`, aud: audience, appid: eventGridApp, iat, exp: iat + 3600 };
  const bearer = (wrong: object = {}, options = {}) => ({ authorization: `Bearer ${signer.token({ ...claims, ...wrong }, options)}` });
  const send = (body: unknown, headers: Record<string, string>, queue = 'things-events') =>
    on.ask(`https://things.azurewebsites.net/events/${queue}`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', ...headers },
      body: JSON.stringify(body),
    });
  const greet = (headers: Record<string, string>) =>
    on.ask('https://things.azurewebsites.net/events/things-events', { method: 'OPTIONS', headers });
  return { ...azure, ...on, ...known, bearer, send, greet };
};

describe('a web hook for events', () => {
  it('is not there until somebody says whose events it takes', () => {
    expect(world({}).names('http')).toEqual([]);
    expect(world().registered.find(({ kind }) => kind === 'http')).toMatchObject({
      name: 'hook-things',
      options: { route: 'events/{queue}' },
    });
  });

  it('answers the handshake of CloudEvents to Event Grid, and to nobody else', async () => {
    const { greet } = world();
    const answer = await greet({ 'webhook-request-origin': 'eventgrid.azure.net', 'webhook-request-rate': '100' });
    expect([answer.status, answer.headers.get('webhook-allowed-origin'), answer.headers.get('webhook-allowed-rate')]).toEqual([
      ...[200, 'eventgrid.azure.net', '6000'],
    ]);
    for (const headers of [{}, { 'webhook-request-origin': 'eventgrid.azure.net.example.com' }]) {
      const refused = await greet(headers as Record<string, string>);
      expect([refused.status, refused.headers.get('webhook-allowed-origin')]).toEqual([403, null]);
    }
  });

  it('answers the handshake of Event Grid’s own schema with the code that it was sent, to who has a token', async () => {
    const { send, bearer } = world();
    const validation = [{ id: '1', eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: 'code-1' } }];
    const said = { 'aeg-event-type': 'SubscriptionValidation', 'content-type': 'application/json' };
    expect((await send(validation, said)).status).toBe(401);
    const answer = await send(validation, { ...said, ...bearer() });
    expect([answer.status, await answer.json()]).toEqual([200, { validationResponse: 'code-1' }]);
    for (const wrong of [[], {}, [null], [{ data: null }], [{ data: { validationCode: 7 } }]])
      expect((await send(wrong, { ...said, ...bearer() })).status, JSON.stringify(wrong)).toBe(400);
  });

  it('tells events to those whom they are for, of either version of token, one or many', async () => {
    const { send, bearer, done } = world();
    expect((await send(thingMade, bearer())).status).toBe(200);
    const newer = bearer({ iss: `https://login.microsoftonline.com/${tenant}/v2.0`, appid: undefined, azp: eventGridApp });
    const batch = { ...newer, 'content-type': 'application/cloudevents-batch+json' };
    expect((await send([{ ...thingMade, id: '2', type: 'gone.v1' }], batch)).status).toBe(200);
    expect(done.toSorted()).toEqual(['every-thing 1', 'every-thing 2', 'thing-made 1']);
  });

  it.each([
    ['another issuer', { iss: 'https://sts.windows.net/another/' }, {}],
    ['another audience', { aud: 'api://another' }, {}],
    ['another sender', { appid: '00000000-0000-0000-0000-000000000000' }, {}],
    ['an end in the past', { exp: 1 }, {}],
    ['no end', { exp: undefined }, {}],
    ['a forged signature', {}, { forged: true }],
    ['no signature', {}, { alg: 'none' }],
  ])('refuses a token with %s', async (_what, claims, options) => {
    const { send, bearer, done } = world();
    expect((await send(thingMade, bearer(claims, options))).status).toBe(401);
    expect((await send(thingMade, {})).status).toBe(401);
    expect(done).toEqual([]);
  });

  it('refuses what is no CloudEvent, and queues of others', async () => {
    const { send, bearer } = world();
    expect((await send([{ id: '1', eventType: 'x' }], { ...bearer(), 'content-type': 'application/json' })).status).toBe(400);
    expect((await send(thingMade, { ...bearer(), 'content-type': 'application/cloudevents-batch+json' })).status).toBe(400);
    expect((await send(thingMade, bearer(), 'others-events')).status).toBe(404);
  });

  it('says that it failed where a subscriber did, so that it hears of it again', async () => {
    const { send, bearer, broken } = world();
    broken.add('thing-made');
    expect((await send(thingMade, bearer())).status).toBe(503);
  });
});

describe('a subscription of Event Grid to it', () => {
  const listen = async (app: FetchApp): Promise<string> => {
    const server = createServer(listenerOf(app));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => void server.close());
    return `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
  };
  const startTopic = async () => {
    const fake = await startEventGrid({ millisPerSecond: 0.01 });
    closing.push(() => fake.close());
    const credential = new AzureKeyCredential(fake.key);
    return { fake, client: new EventGridPublisherClient(fake.endpoint, 'CloudEvent', credential, { allowInsecureConnection: true }) };
  };
  const forwarded =
    ({ ask }: ReturnType<typeof world>): FetchApp =>
    (request) =>
      ask(request.url, { method: request.method, headers: request.headers, body: request.body, duplex: 'half' } as RequestInit);

  it.each(['cloud-events', 'event-grid'] as const)('is made by a handshake in the schema of %s', async (schema) => {
    const one = world();
    const url = await listen(forwarded(one));
    const { fake } = await startTopic();
    await fake.subscribe({ name: 'things', destination: webhook(`${url}/events/things-events`, one.bearer(), schema) });
    const unwanted = webhook(`${url}/events/nobody-events`, one.bearer(), schema);
    await expect(fake.subscribe({ name: 'nobody', destination: unwanted })).rejects.toThrow('does not');
  });

  it('delivers what a company publishes to its own topic', async () => {
    const one = world();
    const url = await listen(forwarded(one));
    const { fake, client } = await startTopic();
    await fake.subscribe({ name: 'things', destination: webhook(`${url}/events/things-events`, one.bearer()) });
    const { id, source, type, data } = thingMade;
    await client.send([{ id, source, type, data, extensionAttributes: { tenantid: 'acme' } }]);
    await fake.settled();
    expect(one.done.toSorted()).toEqual(['every-thing 1', 'thing-made 1']);
  });
});
