import type { Json, JsonObject } from '../../../../domain/kernel/json.ts';
import { type FakeAnswer, type FakeRequest, json } from '../server.ts';
import { badRequest, requestTooLarge } from './answers.ts';
import { type Container, type PartitionKey, parsePartitionKey, rangeOf } from './container.ts';
import { bodyOf, type Context, itemHeaders, objectOf, requiredPartitionKey } from './documents.ts';
import { attempt, type Operation, type OperationType, type Outcome } from './operations.ts';
import { beginTransaction } from './transaction.ts';

const operationsAtMost = 100;
const batchBytes = 2 * 1024 * 1024;
const types = new Set<unknown>(['Create', 'Upsert', 'Read', 'Replace', 'Delete', 'Patch']);

type Result = Outcome | FakeAnswer;
const isFailure = (result: Result): boolean => result.status >= 400;

export const isBatch = ({ header }: FakeRequest): boolean => header('x-ms-cosmos-is-batch-request')?.toLowerCase() === 'true';

/** A batch: atomic in one partition key, or independent operations in one range, as the vendor's client sends in bulk. */
export const answerBatch = (context: Context): FakeAnswer => {
  const { request } = context;
  if (request.body.length > batchBytes) throw requestTooLarge();
  const sent = bodyOf(request);
  if (!Array.isArray(sent) || sent.length === 0) throw badRequest('One of the specified inputs is invalid');
  if (sent.length > operationsAtMost) throw badRequest('Batch request has more operations than what is supported.');
  const operations = sent.map(objectOf);
  return request.header('x-ms-cosmos-batch-atomic')?.toLowerCase() === 'true'
    ? atomic(context, operations)
    : independent(context, operations);
};

/** All or nothing: what comes before and behind the operation that failed has 424. */
const atomic = (context: Context, sent: readonly JsonObject[]): FakeAnswer => {
  const { container, request, now } = context;
  const partitionKey = requiredPartitionKey(request);
  const transaction = beginTransaction(container, partitionKey, now);
  const results: Result[] = [];
  for (const each of sent) {
    const result = attempt(container, transaction, operationOf(each, partitionKey));
    results.push(result);
    if (isFailure(result)) break;
  }
  const failed = results.findIndex(isFailure);
  if (failed < 0) transaction.commit();
  const entries = sent.map((_, at) =>
    failed < 0 || at === failed ? entryOf(results[at], request) : { statusCode: 424, requestCharge: 0 },
  );
  return batchAnswer(context, failed < 0 ? 200 : 207, entries, rangeOf(container, partitionKey), results);
};

const independent = (context: Context, sent: readonly JsonObject[]): FakeAnswer => {
  const { container, request, now } = context;
  const range = container.ranges.find(({ id }) => id === request.header('x-ms-documentdb-partitionkeyrangeid'));
  if (range === undefined) throw badRequest('A batch that is not atomic names the range that it is for.');
  const results = sent.map((each): Result => {
    const partitionKey = parsePartitionKey(String(each.partitionKey));
    if (rangeOf(container, partitionKey) !== range) return { status: 410 };
    const transaction = beginTransaction(container, partitionKey, now);
    const result = attempt(container, transaction, operationOf(each, partitionKey));
    if (!isFailure(result)) transaction.commit();
    return result;
  });
  const entries = results.map((result) => entryOf(result, request));
  return batchAnswer(context, results.some(isFailure) ? 207 : 200, entries, range, results);
};

const operationOf = (sent: JsonObject, partitionKey: PartitionKey): Operation => {
  if (!types.has(sent.operationType)) throw badRequest(`The operation ${String(sent.operationType)} is not supported in a batch.`);
  const body = sent.resourceBody === undefined ? {} : objectOf(sent.resourceBody);
  return {
    type: sent.operationType as OperationType,
    partitionKey,
    id: (sent.id ?? body.id) as string,
    body,
    ifMatch: sent.ifMatch as string | undefined,
    ifNoneMatch: sent.ifNoneMatch as string | undefined,
  };
};

const entryOf = (result: Result | undefined, request: FakeRequest): JsonObject => {
  if (result === undefined) return {};
  if (!('charge' in result)) return { statusCode: result.status, requestCharge: 1, ...messageOf(result) };
  const { status, charge, stored } = result;
  const minimal = request.header('prefer') === 'return=minimal';
  return {
    statusCode: status,
    requestCharge: charge,
    ...(stored === undefined ? {} : { eTag: stored.etag }),
    ...(stored === undefined || minimal || status === 304 ? {} : { resourceBody: stored.document }),
  };
};

const messageOf = ({ body }: FakeAnswer): JsonObject => (body === undefined ? {} : { message: (JSON.parse(body) as JsonObject).message });

const batchAnswer = (
  context: Context,
  status: number,
  entries: readonly Json[],
  range: Container['ranges'][number],
  results: readonly Result[],
): FakeAnswer => {
  const charge = results.reduce((sum, result) => sum + ('charge' in result ? result.charge : 1), 0);
  const substatus = results.map((result) => ('headers' in result ? result.headers?.['x-ms-substatus'] : undefined)).find(Boolean);
  const headers = { ...itemHeaders(context, range, charge), ...(substatus === undefined ? {} : { 'x-ms-substatus': substatus }) };
  return json(status, entries, headers);
};
