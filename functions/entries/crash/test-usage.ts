import { expect } from 'vitest';
import { accountAggregate, accountStream, invoiceKey, invoiceOf } from '../../../domain/billing/account.ts';
import type { ExportWriter } from '../../../domain/billing/export-writer.ts';
import { type Period, periodOf } from '../../../domain/billing/period.ts';
import { planAggregate, planStream } from '../../../domain/billing/plan.ts';
import { countsOf, rollupPartition } from '../../../domain/billing/rollup.ts';
import { apiKeyStream, formatApiKey } from '../../../domain/identity/api-key.ts';
import { tenantStream } from '../../../domain/identity/tenant.ts';
import { endpointStream } from '../../../domain/inference/endpoint.ts';
import { eventStore, handledOrThrow, partitionKey, type StreamId } from '../../../domain/kernel/event-store.ts';
import type { Json } from '../../../domain/kernel/json.ts';
import { factsOnly, tableMeter, usagePartition, usageShards } from '../../../domain/kernel/meter.ts';
import type { ModelHost } from '../../../domain/kernel/model-host.ts';
import type { Item } from '../../../domain/kernel/table.ts';
import type { TenantId } from '../../../domain/kernel/tenancy.ts';
import { sha256 } from '../../kernel/authentication.ts';
import type { CrashPlatform } from './test-platform.ts';
import type { Scenario } from './test-runs.ts';
import { contextsCalled, platformKey, resourcesOf, tableIn, withPlatformKey } from './test-tenant.ts';
import type { World } from './test-world.ts';

const modelHost = { invoke: async () => ({ body: Buffer.from('{"outputs":[]}'), rows: 2, computeMicros: 3 }) } as unknown as ModelHost;

/** A state as an append leaves it, without its event: nobody has to hear of it. */
const stateItem = (id: StreamId, state: Json): Item => ({
  pk: partitionKey(id),
  sk: `state#${id.stream}`,
  kind: 'state',
  version: 1,
  state,
});

const withEndpoint = async (account: World, tenant: TenantId): Promise<void> => {
  const directory = tableIn(account, 'identity.directory');
  const at = new Date().toISOString();
  const key = {
    id: 'K1',
    name: 'K1',
    prefix: '',
    roles: ['invoker'],
    secretHash: sha256('cafe'),
    expiresAt: null,
    createdAt: at,
    revoked: false,
  };
  await directory.put(stateItem(tenantStream(tenant), { id: tenant, name: tenant, status: 'active', createdAt: at }));
  await directory.put(stateItem(apiKeyStream(tenant, 'K1'), key));
  const serving = {
    endpoint: 'e',
    generation: 1,
    model: 'm',
    version: '1',
    artifact: 'a',
    sizeBytes: 1,
    signature: { inputs: [], outputs: [] },
  };
  await tableIn(account, 'inference.endpoints').put(stateItem(endpointStream(tenant, 'e'), { generation: 1, serving }));
};

/** The ids of a tenant's facts of the hours that a run has seen. */
const factsOf = async (account: World, platform: CrashPlatform, tenant: string): Promise<readonly string[]> => {
  const hours = new Set<string>();
  for (let at = Date.now() - 3_600_000; at <= platform.clock.now().getTime() + 1000; at += 600_000)
    hours.add(new Date(at).toISOString().slice(0, 13));
  const partitions = [...hours].flatMap((hour) => Array.from({ length: usageShards }, (_, shard) => usagePartition(tenant, hour, shard)));
  const found = await Promise.all(partitions.map((pk) => tableIn(account, 'billing.usage').query(pk, factsOnly)));
  return found.flatMap(({ items }) => items.map(({ sk }) => sk));
};

const rolledUp = async (account: World, tenant: string, period: string): Promise<number> => {
  const { items } = await tableIn(account, 'billing.rollups').query(rollupPartition(tenant, period));
  return items.reduce((sum, item) => sum + countsOf(item).requests, 0);
};

const serving = contextsCalled('identity', 'inference', 'billing');

/** Requests are answered, and what they used is recorded and rolled up. */
export const inferenceIsBilled: Scenario = {
  bound: serving,
  resources: resourcesOf(serving),
  ports: { modelHost },
  async happens({ platform, account, name }) {
    const tenant = name as TenantId;
    await withEndpoint(account, tenant);
    const key = formatApiKey({ tenant, id: 'K1', secret: 'cafe' });
    const ids: string[] = [];
    for (let n = 0; n < 2; n++) {
      const answer = await platform.ask('POST', '/v2/models/e/infer', { body: { inputs: [] }, key });
      expect(answer.status).toBe(200);
      ids.push(String(answer.headers['x-request-id']));
    }
    await platform.settle();
    const facts = await factsOf(account, platform, name);
    // Who heard no answer was perhaps billed, and asked once more: that is another request.
    expect(facts.filter((id) => ids.includes(id)).sort()).toEqual([...ids].sort());
    expect(facts.length - ids.length).toBeLessThanOrEqual(platform.disturbances.length);
    expect(await rolledUp(account, name, platform.clock.now().toISOString().slice(0, 7))).toBe(facts.length);
    expect(platform.unnoticed()).toEqual([]);
  },
};

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Two files, as the real one makes them; what is in them is another test's. */
const exportWriter: ExportWriter = {
  async put(rows, objects, keys) {
    let count = 0;
    for await (const _row of rows) count++;
    for (const key of [keys.csv, keys.parquet]) await objects.put(key, bytes(String(count)));
  },
};

const tenant = 'acme' as TenantId;
const by = { by: { id: 'test' } };
const terms = { name: 'Basic', currency: 'USD', flatFee: '0', prices: [{ meter: 'inference.requests', model: 'unit', unitPrice: '1' }] };

/** A plan, an account that is billed by it, and nothing in the streams. */
const withBilledAccount = async (account: World): Promise<void> => {
  await withPlatformKey(account);
  const { ids, clock } = account.open();
  const { handle } = eventStore(tableIn(account, 'billing.accounts'), { ids, clock });
  const at = clock.now().toISOString();
  handledOrThrow(await handle(planAggregate, planStream('basic'), { type: 'define', id: 'basic', terms } as never, by));
  handledOrThrow(await handle(accountAggregate, accountStream(tenant), { type: 'open', tenantId: tenant, name: 'Acme', at }, by));
  handledOrThrow(await handle(accountAggregate, accountStream(tenant), { type: 'subscribe', tenantId: tenant, plan: 'basic' }, by));
  const exports = account.open().objects('billing.exports');
  for (const { key } of (await exports.list('')).items) await exports.delete(key);
  await account.forget();
};

const billing = contextsCalled('identity', 'billing');

/** A period is closed just after the last use in it: the usage settles, invoices are issued, exports written. */
export const periodIsClosed: Scenario = {
  bound: billing,
  resources: resourcesOf(billing),
  ports: { exportWriter },
  fresh: true,
  prepare: withBilledAccount,
  async happens({ platform, account, name }) {
    const meter = tableMeter(tableIn(account, 'billing.usage'), platform.clock);
    const used = 3;
    for (let n = 0; n < used; n++)
      await meter.record({ id: `${name}-${n}-00000`, tenant, endpoint: 'e', requests: 1, rows: 1, computeMicros: 1 });
    const period = periodOf(platform.clock.now());
    const asked = { body: { force: true }, key: platformKey, idempotencyKey: `close-${name}` };
    const close = () => platform.during(platform.ask('POST', `/v1/billing/periods/${period}/close`, asked));
    const first = await close();
    expect(first).toMatchObject({ status: 200, body: { status: 'closed' } });
    await platform.settle();
    platform.rest();
    expect(await close()).toMatchObject({ status: 200, body: first.body as object, headers: { 'idempotency-replayed': 'true' } });
    const facts = await factsOf(account, platform, tenant);
    expect(facts).toHaveLength(used);
    expect(await rolledUp(account, tenant, period)).toBe(used);
    expect(await totalOf(account, period)).toBe('3.00');
    const { items } = await account.open().objects('billing.exports').list('');
    expect(items).toHaveLength(2);
    expect(platform.unnoticed()).toEqual([]);
  },
};

const totalOf = async (account: World, period: Period): Promise<string | undefined> => {
  const item = await tableIn(account, 'billing.accounts').get(invoiceKey(tenant, period));
  return item === undefined ? undefined : invoiceOf(item).total;
};
