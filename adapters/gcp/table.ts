import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Item, Table, TableDeclaration, Write } from '../../domain/kernel/table.ts';
import { checkBatch, checkTransaction } from '../../domain/kernel/table-rules.ts';
import type { GcpClient } from './client.ts';
import { collectionAt, documentId } from './firestore.ts';
import { checkedKey, fromStored, type Stored, sizeOfItem, toStoredIn } from './table-items.ts';
import { tableQueries } from './table-queries.ts';
import { tableWrites } from './table-writes.ts';

export type FirestoreTableOptions = {
  /** `projects/<p>/databases/<d>/documents/<collection>`. */
  readonly collection: string;
  /** `changes`: whether its changes are kept for a `Doorbell`. */
  readonly declaration: TableDeclaration & { readonly changes?: boolean };
  readonly client: GcpClient;
  readonly clock: Clock;
};

/** Of one request (Firestore, "Usage and limits": 10 MiB), less what the JSON of it needs beside the items. */
const largestTransaction = 9 * 1024 * 1024;

/**
 * The `Table` port on Firestore in native mode: an item is a document, whose fields are its attributes. A conditional put or delete reads what its
 * condition is about, so that it takes two calls, a put if absent one. What is sent again because its answer was lost is no conflict
 * with itself: a put knows itself, a delete is done where nothing is left.
 */
export const firestoreTable = ({ collection: path, declaration, client, clock }: FirestoreTableOptions): Table => {
  const collection = collectionAt(client, path);
  const toStored = toStoredIn(declaration);
  const isVisible = ({ item: { expiresAt = Number.POSITIVE_INFINITY }, isRemoved }: Stored): boolean =>
    !isRemoved && expiresAt * 1000 > clock.now().getTime();
  const { changes = false } = declaration;
  const writeAll = tableWrites({ collection, changes, toStored, isVisible, now: () => clock.now(), backoff: client.backoff });

  const readAll = async (names: readonly string[]): Promise<Item[]> => {
    const found = await collection.get(names);
    return names.flatMap((name) => {
      const document = found.get(name);
      const stored = document === undefined ? undefined : fromStored(document);
      return stored !== undefined && isVisible(stored) ? [stored.item] : [];
    });
  };
  const nameOf = (key: { readonly pk: string; readonly sk: string }): string => collection.nameOf(documentId(checkedKey(key)));

  return {
    get: async (key) => (await readAll([nameOf(key)]))[0],
    async batchGet(keys) {
      checkBatch(keys);
      return readAll(keys.map(nameOf));
    },
    put: async (item, condition) => writeAll([{ type: 'put', item, ...(condition && { if: condition }) }]),
    delete: async (key, condition) => writeAll([{ type: 'delete', key, ...(condition && { if: condition }) }]),
    async transact(pk, writes) {
      checkTransaction(pk, writes);
      if (writes.length === 0) return { written: true };
      checkSize(writes);
      return writeAll(writes);
    },
    ...tableQueries({ collection, declaration, isVisible }),
  };
};

const checkSize = (writes: readonly Write[]): void => {
  const bytes = writes.reduce((sum, write) => sum + sizeOfItem(write.type === 'put' ? write.item : write.key), 0);
  if (bytes > largestTransaction)
    throw new Rejected(
      failed(
        'too-large',
        'transaction-too-large',
        `A transaction is at most ${largestTransaction} bytes on Google Cloud; this one has ${bytes}.`,
      ),
    );
};
