import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Item, Key, Table, TableDeclaration, Write, WriteOutcome } from '../../domain/kernel/table.ts';
import { checkBatch, checkTransaction } from '../../domain/kernel/table-rules.ts';
import { sizeOfItem } from '../cloud/item-size.ts';
import { type Backoff, retryingRest, usualBackoff } from '../cloud/retry.ts';
import { cancellationReasons, conflictIn } from './cancelled-transaction.ts';
import type { AwsClient } from './client.ts';
import { type DocumentClient, documentClient } from './document-client.ts';
import { BatchGetCommand, DeleteCommand, GetCommand, PutCommand, TransactWriteCommand } from './document-commands.ts';
import { isAwsError } from './errors.ts';
import { isOwn } from './own-write.ts';
import { checkedKey, fromStored, toStoredIn } from './table-items.ts';
import { tableQueries } from './table-queries.ts';
import { tableRequests } from './table-requests.ts';
import { tableScan } from './table-scan.ts';

export type DynamoTableOptions = {
  /** As DynamoDB knows it. */
  readonly tableName: string;
  readonly declaration: TableDeclaration;
  readonly client: AwsClient;
  readonly clock: Clock;
  readonly backoff?: Backoff;
};

/** Of DynamoDB, beside the 100 writes: 4 MB a transaction. */
const largestTransaction = 4 * 1024 * 1024;

/**
 * The `Table` port on DynamoDB. What was sent again because its answer was lost is no conflict with itself: a transaction has a token, and a single
 * put or delete knows by what is there (`isOwn`). Items that are equal in an index's sort attribute have an order of DynamoDB's own.
 */
export const dynamoTable = ({ tableName, declaration, client, clock, backoff = usualBackoff }: DynamoTableOptions): Table => {
  const documents = documentClient(client);
  const requests = tableRequests(tableName, declaration);
  const toStored = toStoredIn(declaration);
  const isAlive = ({ expiresAt = Number.POSITIVE_INFINITY }: Item): boolean => expiresAt * 1000 > clock.now().getTime();
  const visible = (found: readonly Item[]): Item[] => found.filter(isAlive).map(fromStored);

  const stored = (write: Write): Write => {
    if (write.type === 'put') return { ...write, item: toStored(write.item) };
    return { ...write, key: checkedKey(write.key) };
  };

  return {
    async get(key) {
      const { Item: found } = await documents.send(new GetCommand(requests.get(checkedKey(key))));
      return found === undefined ? undefined : visible([found])[0];
    },
    async batchGet(keys) {
      checkBatch(keys);
      const found = await getAll(documents, tableName, keys.map(checkedKey), backoff);
      return visible(keys.map((key) => found.get(addressOf(key))).filter((item) => item !== undefined));
    },
    async put(item, condition) {
      const whole = toStored(item);
      return single(documents.send(new PutCommand(requests.put(whole, condition, clock.now()))), whole);
    },
    delete: async (key, condition) =>
      single(documents.send(new DeleteCommand(requests.delete(checkedKey(key), condition, clock.now()))), undefined),
    async transact(pk, writes) {
      checkTransaction(pk, writes);
      if (writes.length === 0) return { written: true };
      return transact(
        documents,
        writes.map(stored).map((write) => ({ write, request: requests.write(write, clock.now()) })),
      );
    },
    ...tableQueries({ documents, requests, declaration, visible }),
    scan: tableScan({ documents, tableName, visible }),
  };
};

/** `leaves` is what is there once it is done. */
const single = async (sent: Promise<unknown>, leaves: Item | undefined): Promise<WriteOutcome> => {
  try {
    await sent;
    return { written: true };
  } catch (error) {
    if (!isAwsError(error, 'ConditionalCheckFailedException')) throw error;
    return isOwn(error, leaves) ? { written: true } : { written: false, conflict: 0 };
  }
};

/** The token makes DynamoDB answer an attempt like one before it that has succeeded though its answer was lost. */
const transact = async (documents: DocumentClient, writes: readonly { write: Write; request: object }[]): Promise<WriteOutcome> => {
  const bytes = writes.reduce((sum, { write }) => sum + sizeOfItem(write.type === 'put' ? write.item : write.key), 0);
  if (bytes > largestTransaction)
    throw new Rejected(failed('too-large', 'transaction-too-large', `A transaction is at most 4 MB on AWS; this one has ${bytes} bytes.`));
  try {
    await documents.send(
      new TransactWriteCommand({ TransactItems: writes.map(({ request }) => request), ClientRequestToken: randomUUID() }),
    );
    return { written: true };
  } catch (error) {
    const conflict = conflictIn(cancellationReasons(error) ?? []);
    if (conflict === undefined) throw error;
    return { written: false, conflict };
  }
};

const addressOf = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

/** Each item that is there, by its address. DynamoDB takes a key once, and answers with at most 16 MB: what it left out is asked for again. */
const getAll = async (
  documents: DocumentClient,
  tableName: string,
  keys: readonly Key[],
  backoff: Backoff,
): Promise<ReadonlyMap<string, Item>> => {
  const found = new Map<string, Item>();
  const send = async (rest: readonly Key[]): Promise<readonly Key[]> => {
    const RequestItems = { [tableName]: { Keys: rest, ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await documents.send(new BatchGetCommand({ RequestItems }));
    for (const item of Responses?.[tableName] ?? []) found.set(addressOf(item), item);
    return UnprocessedKeys?.[tableName]?.Keys ?? [];
  };
  const distinct = [...new Map(keys.map((key) => [addressOf(key), key])).values()];
  const rest = await retryingRest(distinct, send, backoff);
  if (rest.length > 0)
    throw new Rejected(failed('unavailable', 'cloud-unavailable', 'The table did not answer for all keys; try again later.'));
  return found;
};
