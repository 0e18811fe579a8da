import { AzureKeyCredential, EventGridPublisherClient, type SendCloudEventInput } from '@azure/eventgrid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventSubscription, type RunningEventGrid, startEventGrid, storageQueue, storageQueueAt, webhook } from './event-grid.ts';
import { type FakeAnswer, type FakeRequest, type RunningFake, startFake } from './server.ts';
import { unsignedToken } from './tokens.ts';

const event = (id: string, more: Partial<SendCloudEventInput<unknown>> = {}): SendCloudEventInput<unknown> => ({
  id,
  source: 'urn:hybrid:models',
  type: 'models.model-deployed.v1',
  subject: 'digits',
  data: { name: 'digits' },
  ...more,
});
const decoded = (text: string) => JSON.parse(Buffer.from(text, 'base64').toString()) as { id: string };

/** Long enough for a machine that has much else to do. */
const until = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 10_000, interval: 5 });

describe('the fake of Event Grid, published to by the vendor’s client', () => {
  let fake: RunningEventGrid;
  let client: EventGridPublisherClient<'CloudEvent'>;
  const servers: RunningFake[] = [];

  beforeEach(async () => {
    fake = await startEventGrid({ millisPerSecond: 0.01 });
    client = connect(fake.key);
  });
  afterEach(async () => {
    await fake.close();
    for (const server of servers.splice(0)) await server.close();
  });

  const connect = (key: string) =>
    new EventGridPublisherClient(fake.endpoint, 'CloudEvent', new AzureKeyCredential(key), {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 0 },
    });
  const serve = async (answer: (request: FakeRequest) => FakeAnswer) => {
    const server = await startFake(answer);
    servers.push(server);
    return server;
  };
  const collecting = (name: string, into: string[], more: Partial<EventSubscription> = {}): EventSubscription => ({
    name,
    destination: storageQueue(async (text) => {
      into.push(decoded(text).id);
      return 201;
    }),
    ...more,
  });
  const publish = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${fake.endpoint}?api-version=2018-01-01`, {
      method: 'POST',
      headers: { 'aeg-sas-key': fake.key, 'content-type': 'application/cloudevents-batch+json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  describe('publishing', () => {
    it('delivers every event whole to every subscription', async () => {
      const texts: string[] = [];
      await fake.subscribe({
        name: 'all',
        destination: storageQueue(async (text) => {
          texts.push(text);
          return 201;
        }),
      });
      await client.send([event('1', { extensionAttributes: { tenantid: 'acme' } }), event('2')]);
      await fake.settled();
      expect(texts.map(decoded).sort((one, other) => one.id.localeCompare(other.id))).toMatchObject([
        { ...event('1'), specversion: '1.0', tenantid: 'acme' },
        { ...event('2'), specversion: '1.0' },
      ]);
    });
    it('is for those who have the key, or a token for Event Grid', async () => {
      await expect(connect('another').send([event('1')])).rejects.toMatchObject({ statusCode: 401 });
      const at = Math.floor(Date.now() / 1000);
      const token = (aud: string, exp: number) => unsignedToken({ iss: 'x', sub: 'y', iat: at, aud, exp });
      const withToken = async (bearer: string) => {
        const body = [{ specversion: '1.0', id: '1', source: 'a', type: 'b' }];
        const response = await fetch(`${fake.endpoint}?api-version=2018-01-01`, {
          method: 'POST',
          headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/cloudevents-batch+json' },
          body: JSON.stringify(body),
        });
        return response.status;
      };
      expect(await withToken(token('https://eventgrid.azure.net', at + 60))).toBe(200);
      expect(await withToken(token('https://eventgrid.azure.net', at - 1))).toBe(401);
      expect(await withToken(token('https://vault.azure.net', at + 60))).toBe(401);
      expect((await fetch(fake.endpoint, { method: 'POST' })).status).toBe(400);
    });
    it('refuses all events where one is no CloudEvent', async () => {
      const seen: string[] = [];
      await fake.subscribe(collecting('all', seen));
      const good = { specversion: '1.0', id: '1', source: 'a', type: 'b' };
      const bad = [
        { ...good, specversion: '0.3' },
        { ...good, id: '' },
        { ...good, source: undefined },
        { ...good, type: 7 },
        { ...good, time: 'yesterday' },
        { ...good, tenantId: 'acme' },
        { ...good, tenant: { id: 'acme' } },
        { ...good, data: 1, data_base64: 'AA==' },
        'text',
      ];
      for (const each of bad) expect((await publish([good, each])).status, JSON.stringify(each)).toBe(400);
      for (const each of ['', '{', '{}']) expect((await publish(each)).status).toBe(400);
      expect((await publish([good], { 'content-type': 'application/json' })).status).toBe(400);
      expect((await publish(good, { 'content-type': 'application/cloudevents+json' })).status).toBe(200);
      await fake.settled();
      expect(seen).toEqual(['1']);
    });
    it('takes 1 MB and no more', async () => {
      await client.send([event('1', { data: { text: 'x'.repeat(1024 * 1024 - 1000) } })]);
      await expect(client.send([event('1', { data: { text: 'x'.repeat(1024 * 1024) } })])).rejects.toMatchObject({ statusCode: 413 });
    });
  });

  describe('filters', () => {
    const found = async (filter: EventSubscription['filter'], ...events: SendCloudEventInput<unknown>[]) => {
      const seen: string[] = [];
      await fake.subscribe(collecting('one', seen, { ...(filter === undefined ? {} : { filter }) }));
      await client.send(events);
      await fake.settled();
      return seen.sort();
    };

    it('choose exact types', async () => {
      const other = event('2', { type: 'models.model-deployed.v12' });
      expect(await found({ includedEventTypes: ['models.model-deployed.v1'] }, event('1'), other)).toEqual(['1']);
    });
    it('choose subjects by their beginning and end', async () => {
      expect(await found({ subjectBeginsWith: 'DIG', subjectEndsWith: 'ts' }, event('1'), event('2', { subject: 'digit' }))).toEqual(['1']);
      expect(await found({ subjectBeginsWith: 'DIG', isSubjectCaseSensitive: true }, event('1'))).toEqual([]);
    });
    it('choose by attributes and data, whatever the case, and need all to hold', async () => {
      const events = [
        event('1', { extensionAttributes: { tenantid: 'acme' } }),
        event('2', { extensionAttributes: { tenantid: 'beta' }, data: { name: 'x' } }),
        event('3', { source: 'urn:other' }),
      ];
      const by = (
        operatorType: 'StringIn' | 'StringNotIn' | 'StringBeginsWith' | 'StringNotContains',
        key: string,
        ...values: string[]
      ) => ({ operatorType, key, values });
      expect(await found({ advancedFilters: [by('StringBeginsWith', 'source', 'URN:HYBRID:')] }, ...events)).toEqual(['1', '2']);
      expect(
        await found({ advancedFilters: [by('StringIn', 'tenantid', 'acme', 'beta'), by('StringIn', 'data.name', 'digits')] }, ...events),
      ).toEqual(['1']);
      expect(await found({ advancedFilters: [by('StringNotIn', 'tenantid', 'acme')] }, ...events)).toEqual(['2', '3']);
      expect(await found({ advancedFilters: [by('StringNotContains', 'tenantid', 'acme')] }, ...events)).toEqual(['2']);
      expect(await found({ advancedFilters: [{ operatorType: 'IsNullOrUndefined', key: 'tenantid' }] }, ...events)).toEqual(['3']);
    });
    it('have at most 25 values of 512 characters', async () => {
      const filter = (values: string[]) => ({ advancedFilters: [{ operatorType: 'StringIn' as const, key: 'source', values }] });
      const subscribe = (values: string[]) => fake.subscribe(collecting('one', [], { filter: filter(values) }));
      await subscribe(Array.from({ length: 25 }, (_, n) => `${n}`));
      await expect(subscribe(Array.from({ length: 26 }, (_, n) => `${n}`))).rejects.toThrow('25 values');
      await expect(subscribe(['x'.repeat(513)])).rejects.toThrow('512 characters');
    });
  });

  describe('delivery', () => {
    const failing = (
      statuses: number[],
      blobs: [string, string][] = [],
      retryPolicy = {},
    ): { subscription: EventSubscription; attempts: number[] } => {
      const attempts: number[] = [];
      const put = async () => {
        attempts.push(Date.now());
        return statuses[attempts.length - 1] ?? statuses.at(-1) ?? 201;
      };
      const deadLetter = async (name: string, content: string) => void blobs.push([name, content]);
      return { subscription: { name: 'models-on-tenant', destination: storageQueue(put), retryPolicy, deadLetter }, attempts };
    };

    it('is tried again until it is taken', async () => {
      const { subscription, attempts } = failing([500, 503, 201]);
      await fake.subscribe(subscription);
      await client.send([event('1')]);
      await fake.settled();
      expect(attempts).toHaveLength(3);
    });
    it('keeps to the documented schedule, in the time of the test', async () => {
      await fake.close();
      fake = await startEventGrid({ millisPerSecond: 2 });
      client = connect(fake.key);
      const { subscription, attempts } = failing([500, 500, 201]);
      await fake.subscribe(subscription);
      await client.send([event('1')]);
      await fake.settled();
      const [first = 0, second = 0, third = 0] = attempts;
      expect(second - first).toBeGreaterThanOrEqual(19);
      expect(third - second).toBeGreaterThanOrEqual(59);
    });
    it('is given up after its attempts, and becomes a blob with the reason', async () => {
      const blobs: [string, string][] = [];
      const { subscription, attempts } = failing([503], blobs, { maxDeliveryAttempts: 3 });
      await fake.subscribe(subscription);
      await client.send([event('1')]);
      await fake.settled();
      expect(attempts).toHaveLength(3);
      const [[name, content] = ['', '']] = blobs;
      expect(name).toMatch(/^MODELS-ON-TENANT\/\d{4}\/\d+\/\d+\/\d+\/[0-9a-f-]+\.json$/);
      expect(JSON.parse(content)).toMatchObject([
        { ...event('1'), deadletterreason: 'MaxDeliveryAttemptsExceeded', deliveryattempts: 3, lastdeliveryoutcome: 'Busy' },
      ]);
    });
    it('is given up when it is too old', async () => {
      const blobs: [string, string][] = [];
      const { subscription, attempts } = failing([503], blobs, { eventTimeToLiveInMinutes: 1 });
      await fake.subscribe(subscription);
      await client.send([event('1')]);
      await fake.settled();
      expect(attempts).toHaveLength(2);
      expect(blobs[0]?.[1]).toContain('TimeToLiveExceeded');
    });
    it('is given up at once where the destination says that it never will', async () => {
      const blobs: [string, string][] = [];
      const { subscription, attempts } = failing([400], blobs);
      await fake.subscribe(subscription);
      await client.send([event('1')]);
      await fake.settled();
      expect([attempts.length, blobs.length]).toEqual([1, 1]);
    });
    it('to a queue has no room for more than 64 KB, of which base64 takes a quarter', async () => {
      const blobs: [string, string][] = [];
      const { subscription, attempts } = failing([201], blobs);
      await fake.subscribe(subscription);
      await client.send([event('1', { data: { text: 'x'.repeat(48 * 1024) } })]);
      await fake.settled();
      expect([attempts.length, blobs.length]).toEqual([0, 1]);
    });
    it('does not hold up one subscription for another, and ends with the subscription', async () => {
      const seen: string[] = [];
      const { subscription, attempts } = failing([503]);
      await fake.subscribe(subscription);
      await fake.subscribe(collecting('calm', seen));
      await client.send([event('1')]);
      await until(() => seen).toEqual(['1']);
      fake.unsubscribe(subscription.name);
      await fake.settled();
      expect(attempts.length).toBeLessThan(30);
    });
    it('puts messages into a storage queue by its REST interface', async () => {
      const seen: FakeRequest[] = [];
      const queue = await serve((request) => {
        seen.push(request);
        return { status: 201 };
      });
      await fake.subscribe({ name: 'queue', destination: storageQueueAt(`${queue.url}/account/things?sv=1&sig=abc`) });
      await client.send([event('1')]);
      await fake.settled();
      const [request] = seen;
      expect([request?.method, request?.path, request?.query.get('sig')]).toEqual(['POST', '/account/things/messages', 'abc']);
      const text = /<MessageText>(.*)<\/MessageText>/.exec(request?.body.toString() ?? '')?.[1] ?? '';
      expect(decoded(text)).toMatchObject(event('1'));
    });
    it('to a webhook begins when it allowed the sender, and says which attempt it is', async () => {
      const seen: FakeRequest[] = [];
      const hook = await serve((request) => {
        if (request.method === 'OPTIONS')
          return { status: 200, headers: { 'webhook-allowed-origin': request.header('webhook-request-origin') ?? '' } };
        seen.push(request);
        return { status: seen.length === 1 ? 500 : 200 };
      });
      await fake.subscribe({ name: 'hook', destination: webhook(`${hook.url}/events`, { 'x-secret': 's' }) });
      await client.send([event('1')]);
      await fake.settled();
      expect(seen.map(({ header }) => [header('aeg-delivery-count'), header('aeg-subscription-name'), header('x-secret')])).toEqual([
        ['0', 'HOOK', 's'],
        ['1', 'HOOK', 's'],
      ]);
      expect(seen[0]?.header('content-type')).toBe('application/cloudevents+json; charset=utf-8');
      const deaf = await serve(() => ({ status: 200 }));
      await expect(fake.subscribe({ name: 'deaf', destination: webhook(deaf.url) })).rejects.toThrow('does not allow');
    });
  });
});
