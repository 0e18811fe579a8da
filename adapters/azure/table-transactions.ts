import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Key, Table, Write, WriteOutcome } from '../../domain/kernel/table.ts';
import { checkTransaction } from '../../domain/kernel/table-rules.ts';
import { type BatchOperation, batchLimits, type Stored } from './cosmos-container.ts';
import { holds } from './table-conditions.ts';
import { addressOf, checkedName, isAlive, newWriteId, tombstone, writeIdOf } from './table-items.ts';
import { looking, type TableWritesOptions } from './table-writes.ts';

/** A write with its place; `found` is what is there, once it was looked for. */
type Planned = { readonly write: Write; readonly id: string; looked: boolean; found: Stored | undefined };

const keyOf = (write: Write): Key => (write.type === 'put' ? write.item : write.key);
const conditionOf = (write: Write) => ('if' in write ? write.if : undefined);

/** What is looked at before the first batch: whatever a tag has to be known of. What shall be absent mostly is. */
const needsLook = (write: Write): boolean =>
  write.type === 'delete' || (conditionOf(write) !== undefined && conditionOf(write) !== 'absent');

/**
 * Transactions as atomic batches of one logical partition. Conditions are held to by the tags of what was looked at. A check is a patch that
 * changes nothing but the tag: so it rings as a change, too. Whether what is to be deleted without a condition is there is decided by the look.
 */
export const tableTransactions = ({ container, items, keepsRemovals, now, backoff }: TableWritesOptions): Pick<Table, 'transact'> => ({
  async transact(pk, given) {
    checkTransaction(pk, given);
    const writes = structuredClone(given) as readonly Write[];
    if (writes.length === 0) return { written: true };
    const [partition, mark] = [addressOf(keyOf(writes[0] as Write)).pk, newWriteId()];
    const planned = writes.map(
      (write): Planned => ({ write, id: addressOf(keyOf(write)).id, looked: !needsLook(write), found: undefined }),
    );
    const operations = () => planned.map((each) => operationsOf(each));

    const operationsOf = ({ write, id, found }: Planned): readonly BatchOperation[] => {
      if (write.type === 'put') {
        const resourceBody = items.toStored(write.item, now(), mark);
        if (found !== undefined) return [{ operationType: 'Replace', id, resourceBody, ifMatch: found.etag }];
        return [{ operationType: write.if === undefined ? 'Upsert' : 'Create', resourceBody }];
      }
      if (write.type === 'delete') {
        if (found === undefined || !isAlive(found.document, now())) return [];
        if (!keepsRemovals) return [{ operationType: 'Delete', id, ifMatch: found.etag }];
        return [{ operationType: 'Replace', id, resourceBody: tombstone(write.key), ifMatch: found.etag }];
      }
      if (found === undefined) return absence({ ...write.key, id });
      const operations = [{ op: 'set', path: `/${checkedName}`, value: mark }];
      return [{ operationType: 'Patch', id, resourceBody: { operations }, ifMatch: found.etag }];
    };
    /** Made and deleted at once: that succeeds where nothing is. */
    const absence = ({ pk: of, sk, id }: Key & { readonly id: string }): readonly BatchOperation[] => [
      { operationType: 'Create', resourceBody: items.toStored({ pk: of, sk }, now()) },
      { operationType: 'Delete', id },
    ];

    const look = async (which: readonly Planned[]): Promise<void> => {
      await Promise.all(
        which.map(async (each) => {
          each.found = await container.read(partition, each.id);
          each.looked = true;
        }),
      );
    };
    /** Whether this transaction is what made things as they are: it was sent again, and what refuses it is itself. */
    const isOwn = (): boolean => {
      const puts = planned.filter(({ write }) => write.type === 'put');
      const [first] = puts;
      if (first !== undefined) return first.found !== undefined && writeIdOf(first.found.document) === mark;
      return planned.every(({ write, found }) => write.type !== 'delete' || found === undefined || !isAlive(found.document, now()));
    };

    // Before anything is asked: whether the items can be stored at all.
    for (const { write } of planned) if (write.type === 'put') items.toStored(write.item, now(), mark);
    let sentAgain = false;
    return looking(async (): Promise<WriteOutcome | undefined> => {
      await look(planned.filter(({ looked }) => !looked));
      if (sentAgain && isOwn()) return { written: true };
      const conflict = planned.findIndex(({ write, found, looked }) => looked && !holds(conditionOf(write), found, now()));
      if (conflict >= 0) return firstConflict(conflict);
      const batch = operations();
      const flat = batch.flat();
      if (flat.length === 0) return { written: true };
      if (flat.length > batchLimits.operations) throw tooMany(flat.length);
      const { overtaken, attempts } = await container.batch(partition, flat);
      if (!overtaken) return { written: true };
      sentAgain ||= attempts > 1;
      for (const each of planned) each.looked = false;
      return undefined;
    }, backoff);
  },
});

const firstConflict = (conflict: number): WriteOutcome => ({ written: false, conflict });

const tooMany = (count: number): Rejected =>
  new Rejected(
    failed('too-large', 'transaction-too-large', `These writes take ${count} operations; a batch has at most ${batchLimits.operations}.`),
  );
