import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { foldUsage } from '../../domain/billing/rollup.ts';
import { apiKeyStream, apiKeys, formatApiKey } from '../../domain/identity/api-key.ts';
import { tenantStream, tenants } from '../../domain/identity/tenant.ts';
import { endpointStream, endpoints } from '../../domain/inference/endpoint.ts';
import { eventStore } from '../../domain/kernel/event-store.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { tableMeter } from '../../domain/kernel/meter.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { billing } from '../../functions/billing/context.ts';
import { identity } from '../../functions/identity/context.ts';
import { inference } from '../../functions/inference/context.ts';
import { handlers } from '../../functions/inference/handlers.ts';
import { authentication, sha256 } from '../../functions/kernel/authentication.ts';
import type { ContextDeclaration, StoredTable } from '../../functions/kernel/context.ts';
import type { AnyHandler } from '../../functions/kernel/handler.ts';
import { platformApp } from '../../functions/kernel/serve.ts';
import { testServing } from '../../functions/kernel/test-serving.ts';
import { type Consumed, countingTable, nothingConsumed } from './counting-table.ts';

/** What one prediction asks of a cloud. */
export type Prediction = {
  /** Of the tables, in the request units that DynamoDB bills. */
  readonly request: Consumed;
  readonly events: number;
  readonly logLines: number;
  readonly logBytes: number;
  /** What answers: the body and the headers. */
  readonly responseBytes: number;
  /** One fold of one batch of facts into one roll-up that is there already. */
  readonly fold: Consumed;
};

const tenant = 'acme' as TenantId;
const secret = 's'.repeat(43);
const keyId = '01M7Z342NC3TXKWVAM4E8F4B0Y';
/** 1 KB in and out: what the budget speaks of. */
const payloadBytes = 1024;

/**
 * Sends predictions through the code that serves them, over tables that count, and reports what one of them took once the function is warm.
 * A model host stands in: what the model itself takes is the time of the function.
 */
export const measurePrediction = async (): Promise<Prediction> => {
  const world = await aWorld();
  await world.predict();
  world.reset();
  const response = await world.predict();
  return {
    request: world.consumed,
    events: world.serving.bus.published.length,
    logLines: world.serving.log.lines.length,
    logBytes: world.serving.log.lines.reduce((total, { message, fields }) => total + lineBytes(message, fields), 0),
    responseBytes: response,
    fold: await foldOnce(world.facts.changes()),
  };
};

const aWorld = async () => {
  const consumed = nothingConsumed();
  const [directoryItems, endpointItems, facts] = [inMemoryTable(), inMemoryTable(), inMemoryTable()];
  const serving = testServing(directoryItems);
  await fill(directoryItems, endpointItems, serving);
  const directory = countingTable(directoryItems, identity.tables.directory, consumed);
  const running = {
    declaration: inference as unknown as ContextDeclaration,
    handlers: handlers as unknown as { readonly [does: string]: AnyHandler },
    ports: {
      ids: { next: () => ids.next() },
      endpoints: countingTable(endpointItems, inference.tables.endpoints as StoredTable, consumed),
      meter: tableMeter(countingTable(facts, billing.tables.usage as StoredTable, consumed), serving.clock),
      modelHost: { invoke: async () => ({ body: new Uint8Array(payloadBytes), rows: 1, computeMicros: 12_345 }) },
    },
  };
  const app = platformApp([running], { ...serving, authenticate: authentication(directory, serving.clock) });
  return {
    ...{ consumed, serving, facts },
    reset: () => {
      Object.assign(consumed, { reads: 0, writes: 0, storedBytes: 0 });
      consumed.calls.length = 0;
      serving.log.lines.length = 0;
      serving.bus.published.length = 0;
    },
    predict: () => predict(app),
  };
};

// As long as the ids of the platform: an item's size depends on it.
let count = 0;
const ids = { next: () => `01M7Z342NC3TXKWVAM4E8F${String(++count).padStart(4, '0')}` };

const fill = async (
  directory: ReturnType<typeof inMemoryTable>,
  endpointItems: ReturnType<typeof inMemoryTable>,
  { clock }: Pick<ReturnType<typeof testServing>, 'clock'>,
): Promise<void> => {
  const by = { by: { id: 'bootstrap' } };
  const at = clock.now().toISOString();
  const store = eventStore(directory, { clock, ids });
  const prefix = `hyb_${tenant}_${keyId.slice(0, 4)}`;
  const key = {
    id: keyId,
    name: 'application',
    prefix,
    roles: ['invoker'],
    secretHash: sha256(secret),
    expiresAt: null,
    createdAt: at,
  } as const;
  const deployment = {
    ...{ endpoint: 'digits', generation: 1, model: 'digits', version: '1', artifact: `acme/sha256/${sha256('model')}`, sizeBytes: 78_642 },
    signature: {
      inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 64] }],
      outputs: [{ name: 'label', datatype: 'INT64', shape: [-1] }],
    },
  } as const;
  const outcomes = [
    await store.handle(tenants, tenantStream(tenant), { type: 'create', tenant, name: 'Acme', at }, by),
    await store.handle(apiKeys, apiKeyStream(tenant, keyId), { type: 'create', key, tenant }, by),
    await eventStore(endpointItems, { clock, ids }).handle(endpoints, endpointStream(tenant, 'digits'), { type: 'ready', deployment }, by),
  ];
  const failure = outcomes.find((outcome) => isFailure(outcome));
  if (failure !== undefined) throw new TypeError(`The world to measure in could not be made: ${JSON.stringify(failure)}`);
};

const predict = async (app: ReturnType<typeof platformApp>): Promise<number> => {
  const head = '{"inputs":[{"name":"image","shape":[1,64],"datatype":"FP32","data":[';
  const body = `${head}${'0,'.repeat((payloadBytes - head.length - 6) / 2)}0]}]}`;
  const response = await app.request('/v2/models/digits/infer', {
    method: 'POST',
    headers: { authorization: `Bearer ${formatApiKey({ tenant, id: keyId, secret })}`, 'content-type': 'application/json' },
    body,
  });
  if (response.status !== 200)
    throw new TypeError(`A prediction to measure was answered with ${response.status}: ${await response.text()}`);
  const headers = [...response.headers].reduce((total, [name, value]) => total + name.length + value.length + 4, 0);
  return headers + (await response.arrayBuffer()).byteLength;
};

/** A line as Powertools' logger writes it: what it says by itself, and the fields. */
const lineBytes = (message: string, fields: object): number =>
  JSON.stringify({ level: 'INFO', message, timestamp: '2026-11-25T12:00:00.000Z', service: 'inference', ...fields }).length + 1;

const foldOnce = async (changes: ReturnType<ReturnType<typeof inMemoryTable>['changes']>): Promise<Consumed> => {
  const consumed = nothingConsumed();
  const rollups = inMemoryTable();
  await foldUsage(rollups)(changes.slice(0, 1));
  await foldUsage(countingTable(rollups, billing.tables.rollups, consumed))(changes.slice(1));
  return consumed;
};
