import type { JsonObject } from '../../../../domain/kernel/json.ts';
import { type FakeAnswer, type FakeRequest, json } from '../server.ts';
import { badRequest, requestTooLarge } from './answers.ts';
import { type Container, type PartitionKey, parsePartitionKey, type Range } from './container.ts';
import { type Operation, type OperationType, type Outcome, perform } from './operations.ts';
import { beginTransaction } from './transaction.ts';

/** What a request is about. `path` is the container's: `dbs/<database>/colls/<container>`. */
export type Context = { readonly container: Container; readonly path: string; readonly request: FakeRequest; readonly now: number };

const requestBytes = 2 * 1024 * 1024;

const wellFormed = (_: string, value: unknown): unknown => (typeof value === 'string' ? Buffer.from(value).toString() : value);

/** The body of a request. A half of a surrogate pair becomes U+FFFD, as a hosted account was seen to do. Throws `Refusal`. */
export const bodyOf = ({ body }: FakeRequest): unknown => {
  if (body.length > requestBytes + 64 * 1024) throw requestTooLarge();
  const text = body.toString();
  try {
    return /\\ud[89a-f]/i.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text);
  } catch {
    throw badRequest('The request payload is invalid. Ensure to provide a valid request payload.');
  }
};

export const objectOf = (value: unknown): JsonObject => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw badRequest('One of the specified inputs is invalid');
};

export const requiredPartitionKey = (request: FakeRequest): PartitionKey => {
  const header = request.header('x-ms-documentdb-partitionkey');
  if (header === undefined)
    throw badRequest(
      'The partition key supplied in x-ms-partitionkey header has fewer components than defined in the the collection.',
      1001,
    );
  return parsePartitionKey(header);
};

/** The headers of every answer about items. */
export const itemHeaders = ({ container, path }: Context, range: Range | undefined, charge: number): Record<string, string> => ({
  'x-ms-request-charge': String(Math.round(charge * 100) / 100),
  'x-ms-activity-id': crypto.randomUUID(),
  'x-ms-alt-content-path': path,
  'x-ms-content-path': container.rid,
  'x-ms-schemaversion': '1.18',
  'x-ms-serviceversion': 'version=2.14.0.0',
  ...(range === undefined ? {} : { 'x-ms-session-token': `${range.id}:-1#${range.lsn}`, lsn: String(range.lsn) }),
});

const typeOfWrite = ({ method, header }: FakeRequest): OperationType => {
  if (method === 'POST') return header('x-ms-documentdb-is-upsert')?.toLowerCase() === 'true' ? 'Upsert' : 'Create';
  const types: { readonly [method: string]: OperationType } = { GET: 'Read', PUT: 'Replace', DELETE: 'Delete', PATCH: 'Patch' };
  return types[method] ?? fail(method);
};

const fail = (method: string): never => {
  throw badRequest(`Request url is invalid: ${method}`);
};

/** Creates or upserts into the feed (no id), or reads, replaces, patches or deletes the item of an id. */
export const answerPoint = (context: Context, id?: string): FakeAnswer => {
  const { container, request, now } = context;
  const type = typeOfWrite(request);
  const partitionKey = requiredPartitionKey(request);
  const body = type === 'Read' || type === 'Delete' ? {} : objectOf(bodyOf(request));
  const operation: Operation = {
    type,
    partitionKey,
    id: id ?? (body.id as string),
    body,
    ifMatch: request.header('if-match'),
    ifNoneMatch: request.header('if-none-match'),
  };
  const transaction = beginTransaction(container, partitionKey, now);
  const outcome = perform(container, transaction, operation);
  transaction.commit();
  return pointAnswer(context, transaction.range, outcome);
};

const pointAnswer = (context: Context, range: Range, { status, stored, charge }: Outcome): FakeAnswer => {
  const headers = { ...itemHeaders(context, range, charge), ...(stored === undefined ? {} : { etag: stored.etag }) };
  if (stored === undefined || status === 304) return { status, headers };
  return json(status, stored.document, headers);
};
