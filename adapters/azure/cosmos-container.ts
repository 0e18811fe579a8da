import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Json, JsonObject } from '../../domain/kernel/json.ts';
import type { AzureAnswer, AzureClient, AzureRequest } from './client.ts';
import { AzureError, isAzureError } from './errors.ts';
import { cosmos } from './services.ts';

/** Where a container is: `https://<account>.documents.azure.com` and the names in it. */
export type CosmosPlace = { readonly endpoint: string; readonly database: string; readonly container: string };

/** A document as Cosmos DB has it, and the tag of that version. */
export type Stored = { readonly document: JsonObject; readonly etag: string };

/** Of a write; `attempts` as in `AzureAnswer`. */
export type Written = { readonly attempts: number };

export type BatchOperation = {
  readonly operationType: 'Create' | 'Upsert' | 'Replace' | 'Delete' | 'Patch';
  readonly id?: string;
  readonly resourceBody?: JsonObject;
  readonly ifMatch?: string;
};

/** Of a batch: whether it was overtaken, so that nothing of it was done: an item is there, is not there or has another version, against what was said. */
export type BatchOutcome = Written & { readonly overtaken: boolean };

export type Query = { readonly query: string; readonly parameters: readonly { readonly name: string; readonly value: Json }[] };

/** A logical partition, or a physical one (a range of the hashes of keys). */
export type Part = { readonly pk: string } | { readonly range: string };

export type FeedPage = { readonly documents: readonly JsonObject[]; readonly continuation?: string };

/** One container, by the REST API of Azure Cosmos DB for NoSQL (https://learn.microsoft.com/rest/api/cosmos-db/). All throw `AzureError`. */
export type CosmosContainer = {
  read(pk: string, id: string): Promise<Stored | undefined>;
  /** Throws 409 where there is one already. */
  create(pk: string, document: JsonObject): Promise<Written>;
  upsert(pk: string, document: JsonObject): Promise<Written>;
  /** Throws 412 where the version is another by now, 404 where there is none. */
  replace(pk: string, id: string, document: JsonObject, etag: string): Promise<Written>;
  /** As `replace`; without a tag, whatever is there. */
  remove(pk: string, id: string, etag?: string): Promise<Written>;
  /** All or nothing, in one logical partition. */
  batch(pk: string, operations: readonly BatchOperation[]): Promise<BatchOutcome>;
  query(part: Part, query: Query, page: { readonly limit: number; readonly continuation?: string | undefined }): Promise<FeedPage>;
  /** The ids of the physical partitions. */
  ranges(): Promise<readonly string[]>;
  /** Changes behind a version (or a moment), oldest first, and the version to go on from; none where nothing came. */
  changes(part: Part, from: { readonly etag?: string; readonly since?: Date }, limit: number): Promise<FeedPage>;
};

/** What a batch holds (service quotas of Azure Cosmos DB). */
export const batchLimits = { operations: 100, bytes: 2 * 1024 * 1024 } as const;

/** The keys of a partition in a header, which takes ASCII only. */
const keyHeader = (pk: string): string =>
  JSON.stringify([pk]).replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const partHeaders = (part: Part): Record<string, string> =>
  'pk' in part
    ? { 'x-ms-documentdb-partitionkey': keyHeader(part.pk) }
    : { 'x-ms-documentdb-partitionkeyrangeid': part.range, 'x-ms-documentdb-query-enablecrosspartition': 'true' };

/** An item that is not there, and not the container that it would be in (which has a substatus, 1003). */
const isMissingItem = (error: unknown): boolean => isAzureError(error, 404) && !error.details.substatus;

/** `Resource token` errors, timeouts and what else there is go up; what the port calls too large is said so. */
const tooLarge = (): Rejected => new Rejected(failed('too-large', 'item-too-large', 'Cosmos DB takes at most 2 MB in one request.'));

export const cosmosContainer = (client: AzureClient, { endpoint, database, container }: CosmosPlace): CosmosContainer => {
  const base = `${endpoint.replace(/\/+$/, '')}/dbs/${encodeURIComponent(database)}/colls/${encodeURIComponent(container)}`;

  const send = async (request: Omit<AzureRequest, 'url'> & { readonly path: string }): Promise<AzureAnswer> => {
    const { path, ...rest } = request;
    try {
      return await client.call(cosmos, { ...rest, url: `${base}${path}` });
    } catch (error) {
      if (isAzureError(error, 413)) throw tooLarge();
      throw error;
    }
  };
  const write = (
    operation: string,
    method: string,
    path: string,
    pk: string,
    more: { body?: JsonObject; headers?: Record<string, string> },
  ) =>
    send({
      operation,
      method,
      path,
      headers: { ...partHeaders({ pk }), 'content-type': 'application/json', prefer: 'return=minimal', ...more.headers },
      ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
    });
  const item = (id: string): string => `/docs/${encodeURIComponent(id)}`;
  const matching = (etag: string | undefined): { headers?: Record<string, string> } =>
    etag === undefined ? {} : { headers: { 'if-match': etag } };

  const answerOf = ({ body, headers }: AzureAnswer, mark: string): FeedPage => {
    const { Documents = [] } = (body === '' ? {} : JSON.parse(body)) as { readonly Documents?: readonly JsonObject[] };
    const continuation = headers.get(mark);
    return { documents: Documents, ...(continuation === null ? {} : { continuation }) };
  };

  return {
    async read(pk, id) {
      try {
        const { body, headers } = await send({ operation: 'GetDocument', method: 'GET', path: item(id), headers: partHeaders({ pk }) });
        const document = JSON.parse(body) as JsonObject;
        return { document, etag: headers.get('etag') ?? String(document._etag) };
      } catch (error) {
        if (isMissingItem(error)) return undefined;
        throw error;
      }
    },
    create: (pk, body) => write('CreateDocument', 'POST', '/docs', pk, { body }),
    upsert: (pk, body) => write('UpsertDocument', 'POST', '/docs', pk, { body, headers: { 'x-ms-documentdb-is-upsert': 'true' } }),
    replace: (pk, id, body, etag) => write('ReplaceDocument', 'PUT', item(id), pk, { body, ...matching(etag) }),
    remove: (pk, id, etag) => write('DeleteDocument', 'DELETE', item(id), pk, matching(etag)),
    async batch(pk, operations) {
      const body = JSON.stringify(operations);
      if (operations.length > batchLimits.operations || Buffer.byteLength(body) > batchLimits.bytes) throw transactionTooLarge();
      const operation = 'TransactionalBatch';
      let isOvertaken = false;
      const { attempts } = await send({
        operation,
        method: 'POST',
        path: '/docs',
        headers: {
          ...partHeaders({ pk }),
          'content-type': 'application/json',
          'x-ms-cosmos-is-batch-request': 'true',
          'x-ms-cosmos-batch-atomic': 'true',
          prefer: 'return=minimal',
        },
        body,
        check(answer) {
          const failure = failureIn(answer);
          isOvertaken = failure !== undefined && overtaken.has(failure.statusCode);
          if (failure !== undefined && !isOvertaken) throw refused(operation, failure, answer.attempts);
        },
      });
      return { attempts, overtaken: isOvertaken };
    },
    async query(part, query, { limit, continuation }) {
      const headers = {
        ...partHeaders(part),
        'content-type': 'application/query+json',
        'x-ms-documentdb-isquery': 'true',
        'x-ms-max-item-count': String(limit),
        ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
      };
      const answer = await send({ operation: 'QueryDocuments', method: 'POST', path: '/docs', headers, body: JSON.stringify(query) });
      return answerOf(answer, 'x-ms-continuation');
    },
    async ranges() {
      const { body } = await send({ operation: 'GetPartitionKeyRanges', method: 'GET', path: '/pkranges' });
      const { PartitionKeyRanges } = JSON.parse(body) as { readonly PartitionKeyRanges: readonly { readonly id: string }[] };
      return PartitionKeyRanges.map(({ id }) => id);
    },
    async changes(part, { etag, since }, limit) {
      const headers = {
        ...partHeaders(part),
        'a-im': 'Incremental feed',
        'x-ms-max-item-count': String(limit),
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
        ...(since === undefined ? {} : { 'if-modified-since': since.toUTCString() }),
      };
      return answerOf(await send({ operation: 'ReadChangeFeed', method: 'GET', path: '/docs', headers }), 'etag');
    },
  };
};

/** What became of one operation; a wish comes with 429. */
type Result = { readonly statusCode: number; readonly retryAfterMilliseconds?: number };

/** Of the operation for which nothing of a batch was done; the others have 424. */
const failureIn = ({ body }: Pick<AzureAnswer, 'body'>): Result | undefined =>
  (JSON.parse(body) as readonly Result[]).find(({ statusCode }) => statusCode >= 400 && statusCode !== 424);

/** Statuses of an operation that another writer was faster than. */
const overtaken: ReadonlySet<number> = new Set([404, 409, 412]);

/** As if the service had answered the whole request so: 429 and 449 may go by themselves. */
const refused = (operation: string, { statusCode, retryAfterMilliseconds = 0 }: Result, attempts: number): AzureError =>
  new AzureError({
    ...{ service: cosmos.name, operation, attempts, code: `Http${statusCode}`, status: statusCode },
    ...{ message: `an operation was refused (${statusCode})`, retryAfterMillis: retryAfterMilliseconds },
  });

const transactionTooLarge = (): Rejected =>
  new Rejected(
    failed(
      'too-large',
      'transaction-too-large',
      'A transaction is at most 2 MB of JSON, and 100 operations, on Azure; this one is larger.',
    ),
  );
