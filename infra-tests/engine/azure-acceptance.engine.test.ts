import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { idOf } from '../../adapters/azure/table-ids.ts';
import { clientOf } from '../../tools/engine/azure/cosmos-rest.ts';
import { manage } from '../../tools/engine/azure/storage-rest.ts';
import { found } from '../../tools/engine/azure/subscription.ts';
import type { HttpClient } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { type EmulatedSubscription, startEmulatedSubscription } from './azure-emulator.ts';
import { refusals, takeAway, unneeded, unusedActions } from './azure-grants.ts';
import { type EmulatedPlatform, startPlatformIn } from './platform.ts';
import { changing } from './said.ts';
import { newTenant } from './traffic.ts';

const Outputs = z.object({ queues: z.record(z.string(), z.string()), tables: z.record(z.string(), z.string()) });

let platform: EmulatedPlatform<EmulatedSubscription>;
let admin: HttpClient;
beforeAll(async () => {
  const place = await startEmulatedSubscription();
  // Staging has what prod has of queues and keys; the demo is tried on dev.
  const allowed = place.config['azure-native:subscriptionId'] ?? '';
  const config = { 'platform:alarmEmail': 'operator@example.com', 'platform:allowedSubscription': allowed };
  platform = await startPlatformIn(place, { stack: 'azure-staging', config });
  await platform.stack.up();
  admin = await platform.admin();
  lost = await putLost();
});
afterAll(() => platform?.stop());

/**
 * What the runtime of Azure Functions and Azure's own services do by an identity, none of which is emulated:
 * - telemetry: https://learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication
 * - keys of one's own: https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview, and for Cosmos DB
 *   https://learn.microsoft.com/azure/cosmos-db/how-to-setup-customer-managed-keys
 * - what the trigger of changes asks of the account: see stacks/azure/cosmos-roles.ts
 * - the host's locks and keys: https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
 * - the export: https://learn.microsoft.com/azure/cost-management-billing/costs/tutorial-improved-exports
 */
const ofServices =
  /: (Monitoring Metrics Publisher|Key Vault Crypto Service Encryption User|hybrid metadata) on | on (azure-webjobs-\w+|costs)$/;
/** What the frame does in every app alike: large events are tried in one, and changes fail ten times in none. */
const ofEvery = /: Storage Blob Data Contributor on platform-(large-events|failed-changes)$/;
/** What is declared and has no occasion here: an export is streamed where a cloud can do that, and no endpoint fails. */
const seldom = ['billing: Storage Blob Delegator on data', 'events: Storage Queue Data Message Sender on models-endpoint-failed'];
/**
 * The trigger of changes lists leases to share them with other hosts, and deletes that of a range that was divided, as Microsoft's client does it (see
 * stacks/azure/cosmos-roles.ts); and a conditional put that replaces (adapters/azure/table-writes.ts) is made here only by who may delete as well.
 */
const forOthers = ['hybrid leases containers/executeQuery', 'hybrid leases items/delete', 'hybrid put items/replace'];

const patience = { withinMillis: 120_000, everyMillis: 500 };
const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

const Letters = z.object({ data: z.array(z.object({ id: z.string(), source: z.string() })) });
const lettersOf = async (tenant: HttpClient) => Letters.parse((await tenant.get('/v1/dead-letters?limit=100')).body).data;
const someTenant = async () => {
  const tenant = await newTenant(admin);
  const { body } = await tenant.get<{ tenantId: string }>('/v1/me');
  return { tenant, tenantId: body.tenantId };
};

/** An event that only the audit trail keeps, as the bus puts it into a queue. */
const delivered = (tenantid: string, more: object = { data: {} }): string => {
  const [type, source] = ['ai.hybrid-platform.models.engine-tried.v1', 'urn:hybrid:models'];
  const about = { subject: 'engine/tried', tenantid, principal: 'engine' };
  return JSON.stringify({ specversion: '1.0', id: randomUUID(), source, type, time: new Date().toISOString(), ...about, ...more });
};

const put = async (queueUrl: string, text: string): Promise<void> => {
  const { host, pathname } = new URL(queueUrl);
  const body = `<QueueMessage><MessageText>${Buffer.from(text).toString('base64')}</MessageText></QueueMessage>`;
  const call = { method: 'POST', path: `${pathname}/messages`, body } as const;
  expect(await manage(found(platform.account.accounts, host.split('.')[0] ?? ''), 'queues', call)).toBe(201);
};

const outputs = async () => Outputs.parse(await platform.stack.outputs());
const queue = 'observability-every-event';

/** What no queue's function can handle: its data is said to lie where nothing is. It is tried for two minutes, meanwhile other things are. */
const putLost = async () => {
  const { tenant, tenantId } = await someTenant();
  const { queues } = await outputs();
  // The audit trail tries for hours.
  const given = Object.keys(queues).filter((name) => name !== queue);
  for (const name of given) await put(queues[name] ?? '', delivered(tenantId, { dataref: `events/${'0'.repeat(64)}.json` }));
  return { tenant, queues: given };
};
let lost: Awaited<ReturnType<typeof putLost>>;

describe('the platform in a subscription that asks who may do what', () => {
  it('does all that the features ask of it', { timeout: 600_000 }, async () => {
    const said = await platform.try('npx', 'cucumber-js');
    expect(said).toMatch(/^\d+ scenarios \(\d+ passed\)$/m);
  });

  it('keeps what a queue gave up for whose it is, and sends it back', async () => {
    const { tenant, tenantId } = await someTenant();
    const { queues } = await outputs();
    await put(`${queues[queue]}-poison`, delivered(tenantId));
    await waitUntil('the dead letter', async () => nonEmpty(await lettersOf(tenant)), patience);
    const [letter] = await lettersOf(tenant);
    expect(letter?.source).toBe('observability.every-event');
    expect((await tenant.post(`/v1/dead-letters/${letter?.id}/redrive`)).status).toBe(202);
    expect(await lettersOf(tenant)).toEqual([]);
    const entries = async () => (await tenant.get<{ data: unknown[] }>('/v1/audit?action=engine-tried')).body.data;
    await waitUntil('it to be heard of', async () => nonEmpty(await entries()), patience);
  });

  it('gives up in every queue what cannot be handled, and can send all of it back', async () => {
    const { tenant, queues } = lost;
    const letters = await waitUntil(
      'a dead letter of every queue',
      async () => {
        const known = await lettersOf(tenant);
        return known.length >= queues.length ? known : undefined;
      },
      { withinMillis: 200_000, everyMillis: 500 },
    );
    expect(letters.map(({ source }) => source.replace('.', '-')).toSorted()).toEqual(queues.toSorted());
    for (const { id } of letters) expect((await tenant.post(`/v1/dead-letters/${id}/redrive`)).status).toBe(202);
  });

  it('keeps what the bus could not even put into a queue', async () => {
    const { tenant, tenantId } = await someTenant();
    const [{ fake } = { fake: undefined }] = [...platform.account.topics.values()];
    const answer = await fetch(`${fake?.endpoint}?api-version=2018-01-01`, {
      method: 'POST',
      headers: { 'aeg-sas-key': fake?.key ?? '', 'content-type': 'application/cloudevents+json' },
      body: delivered(tenantId, { data: { text: 'x'.repeat(60_000) } }),
    });
    expect(answer.status).toBe(200);
    await fake?.settled();
    const collector = [...platform.account.apps.values()].find((app) => app.timers().includes('undelivered'));
    await collector?.call('undelivered');
    expect((await lettersOf(tenant)).map(({ source }) => source)).toContain('observability.every-event');
  });

  it('carries an event that is larger than a queue takes', async () => {
    const { tenant, tenantId } = await someTenant();
    expect((await tenant.post('/v1/models', { name: 'large' })).status).toBe(201);
    const [account = ''] = platform.account.cosmos.keys();
    const registry = clientOf(platform.account, account).database('platform').container('models-registry');
    const pk = `${tenantId}#model#large`;
    const { resources } = await registry.items.query(`SELECT * FROM c WHERE STARTSWITH(c.sk, 'event#')`, { partitionKey: pk }).fetchAll();
    const [first] = resources as { sk: string; event: object; $json: string }[];
    const sk = first?.sk.replace(/\d+$/, '0000000002') ?? '';
    const event = { ...first?.event, description: 'x'.repeat(250_000) };
    // The event's own id is in what a document cannot hold under the name that it has.
    const $json = JSON.stringify({ ...JSON.parse(first?.$json ?? '{}'), id: randomUUID() });
    await registry.items.create({ ...first, id: idOf(sk), sk, version: 2, event, $json });
    const entries = async () => (await tenant.get<{ data: unknown[] }>('/v1/audit?action=model-created&resource=model/large')).body.data;
    await waitUntil('both events to be heard of', async () => ((await entries()).length === 2 ? true : undefined), patience);
  });

  it('does what its schedules ask of it', async () => {
    const timers = [...platform.account.apps.values()].flatMap((app) => app.timers().map((name) => ({ app, name })));
    expect(timers.length).toBeGreaterThan(4);
    for (const { app, name } of timers) await app.call(name);
  });

  it('tells of who asks for what is not his, also where nobody predicts', async () => {
    expect((await admin.get('/v2/models/digits')).status).toBe(403);
    const entries = async () => (await admin.get<{ data: unknown[] }>('/v1/audit?outcome=denied')).body.data;
    await waitUntil('the denial to be heard of', async () => nonEmpty(await entries()), patience);
  });

  it('is refused nothing, and needed every grant', () => {
    expect(refusals(platform.account)).toEqual([]);
    const nobodyMissed = unneeded(platform.account).filter((grant) => !ofServices.test(grant) && !ofEvery.test(grant));
    expect(nobodyMissed).toEqual(seldom);
    expect(unusedActions(platform.account)).toEqual(forOthers);
  });

  it('fails where a grant is taken away, and has it back by the next update', async () => {
    const { tenant } = await someTenant();
    takeAway(platform.account, 'models: hybrid append on models-registry');
    expect((await tenant.post('/v1/models', { name: 'refused' })).status).toBe(503);
    const { steps } = await platform.stack.up('--refresh');
    expect(changing(steps).filter((step) => step.startsWith('create'))).toEqual(['create models-append-models-registry']);
    expect((await tenant.post('/v1/models', { name: 'granted' })).status).toBe(201);
  });
});
