import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { formatApiKey } from '../../domain/identity/api-key.ts';
import type { Change, Table } from '../../domain/kernel/table.ts';
import { changesFunction } from '../../functions/entries/aws/changes-function.ts';
import { httpFunction } from '../../functions/entries/aws/http-function.ts';
import { calledWith, httpEvent, streamRecord, testLambda } from '../../functions/entries/aws/test-cloud.ts';
import { boundContexts } from '../../functions/entries/local-contexts.ts';
import type { LogLine } from '../../functions/kernel/test-serving.ts';
import { type Consumed, countingTable, nothingConsumed } from './counting-table.ts';
import { fillWorld, ids, keyId, secret, tenant } from './measured-world.ts';

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

/** 1 KB in and out: what the budget speaks of. */
const payloadBytes = 1024;
const usage = 'billing.usage';

/**
 * Calls the function that Lambda calls, over tables that count, and reports what one prediction took once the function is warm. A model host
 * stands in: what the model itself takes is the time of the function.
 */
export const measurePrediction = async (): Promise<Prediction> => {
  const consumed = nothingConsumed();
  const world = await aWorld(consumed);
  await world.predict();
  Object.assign(consumed, nothingConsumed());
  world.lambda.log.lines.length = 0;
  world.lambda.bus.published.length = 0;
  const responseBytes = await world.predict();
  const { lines } = world.lambda.log;
  const [logLines, logBytes] = [lines.length, lines.reduce((total, line) => total + lineBytes(line), 0)];
  const events = world.lambda.bus.published.length;
  return { request: { ...consumed }, events, logLines, logBytes, responseBytes, fold: await foldOnce(world.facts()) };
};

const contextsOf = (name: string) => boundContexts.filter(({ declaration }) => declaration.name === name);

const aWorld = async (consumed: Consumed) => {
  const items = new Map<string, ReturnType<typeof inMemoryTable>>();
  const itemsOf = (name: string) => {
    const made = items.get(name) ?? inMemoryTable();
    items.set(name, made);
    return made;
  };
  const modelHost = { invoke: async () => ({ body: new Uint8Array(payloadBytes), rows: 1, computeMicros: 12_345 }) } as never;
  const lambda = testLambda((name) => countingTable(itemsOf(name), {}, consumed), {}, { modelHost, ids });
  await fillWorld({ directory: itemsOf('identity.directory'), endpoints: itemsOf('inference.endpoints'), clock: lambda.clock });
  const serve = httpFunction(contextsOf('inference'), lambda);
  return { lambda, facts: () => itemsOf(usage).changes(), predict: () => predict(serve) };
};

const predict = async (serve: ReturnType<typeof httpFunction>): Promise<number> => {
  const head = '{"inputs":[{"name":"image","shape":[1,64],"datatype":"FP32","data":[';
  const body = `${head}${'0,'.repeat((payloadBytes - head.length - 6) / 2)}0]}]}`;
  const headers = { authorization: `Bearer ${formatApiKey({ tenant, id: keyId, secret })}`, 'content-type': 'application/json' };
  const answer = await serve(httpEvent('POST', '/v2/models/digits/infer', { headers, body }), calledWith());
  if (answer.statusCode !== 200) throw new TypeError(`A prediction to measure was answered with ${answer.statusCode}: ${answer.body}`);
  const sent = Object.entries(answer.headers ?? {}).reduce((total, [name, value]) => total + name.length + String(value).length + 4, 0);
  return sent + Buffer.byteLength(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8');
};

/** What Powertools' logger says on every line in Lambda beside a line's own fields. */
const ofLambda = {
  timestamp: '2026-11-25T12:00:00.000Z',
  service: 'inference-predictions-function-1234567',
  function_request_id: '6f7b1c7e-5d38-4b1b-9d5a-2f8c6a1f0b11',
  sampling_rate: 0,
  xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793',
};
// A measured time would make the figures depend on the machine.
const lineBytes = ({ level, message, fields }: LogLine): number =>
  JSON.stringify({ level, message, ...ofLambda, ...fields, duration_ms: 12.345 }).length + 1;

/** The second of two batches, each of one fact, as the stream brings them. */
const foldOnce = async (changes: readonly Change[]): Promise<Consumed> => {
  const consumed = nothingConsumed();
  const rollups = inMemoryTable();
  const counted = (table: Table) => countingTable(table, {}, consumed);
  const lambda = testLambda((name) => counted(name === 'billing.rollups' ? rollups : inMemoryTable()), {
    HYBRID_TABLE_BILLING_USAGE: usage,
  });
  const fold = changesFunction(contextsOf('billing'), lambda);
  const [first, ...rest] = changes.map((change) => streamRecord(usage, change));
  if (first === undefined || rest.length === 0) throw new TypeError('There are no facts to fold.');
  await fold({ Records: [first] }, calledWith());
  Object.assign(consumed, nothingConsumed());
  await fold({ Records: rest }, calledWith());
  return consumed;
};
