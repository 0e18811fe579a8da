import type { Condition, Item, Write, WriteOutcome } from '../../domain/kernel/table.ts';
import { checkedExpiry } from '../../domain/kernel/table-rules.ts';
import type { ChangeLog } from './change-log.ts';
import type { Transaction } from './group-commit.ts';
import type { Epoch } from './remembered-items.ts';
import { decodeItem, encodeItem, expiryOf, isExpired, versionOf } from './stored-item.ts';
import { indexKey, itemKey, kinds, uint48 } from './table-keys.ts';

/** What a table's writes need to know of it: its id, its indexes with theirs, and its change log where it keeps one. */
export type TableLayout = {
  readonly id: number;
  readonly indexes: readonly IndexLayout[];
  readonly changes?: ChangeLog;
  readonly epoch: Epoch;
};
export type IndexLayout = { readonly id: number; readonly name: string; readonly partition: string; readonly sort: string };

/** A write made ready outside the transaction, which holds up every other caller: keys and values are bytes already. */
export type PreparedWrite = {
  readonly key: Buffer;
  readonly condition: Condition | undefined;
  readonly isWrite: boolean;
  /** Of a put. */
  readonly value?: Buffer;
  readonly expiresAt?: number | undefined;
  readonly indexKeys: readonly Buffer[];
};

const nothing: readonly Buffer[] = [];

/** Throws `Rejected` `item-too-large` or `invalid-key`. */
export const prepareWrite = (layout: TableLayout, write: Write): PreparedWrite =>
  write.type === 'put'
    ? preparePut(layout, write.item, write.if)
    : { key: itemKey(layout.id, write.key), condition: write.if, isWrite: write.type === 'delete', indexKeys: nothing };

export const preparePut = (layout: TableLayout, item: Item, condition: Condition | undefined): PreparedWrite => ({
  key: itemKey(layout.id, item),
  condition,
  isWrite: true,
  value: encodeItem(item),
  expiresAt: checkedExpiry(item),
  indexKeys: indexKeysOf(layout, item),
});

/** The entries by which an item is found: one for each index of which it has both attributes. */
export const indexKeysOf = (layout: Pick<TableLayout, 'indexes'>, item: Item): readonly Buffer[] => {
  if (layout.indexes.length === 0) return nothing;
  const keys: Buffer[] = [];
  for (const { id, partition, sort } of layout.indexes) {
    const [by, order] = [item[partition], item[sort]];
    if (typeof by === 'string' && typeof order === 'string') keys.push(indexKey(id, by, order, item));
  }
  return keys;
};

/** The order of items by when their lives end. Removing an entry whose item lives longer by now is the sweeper's business. */
export const expiryKey = (expiresAt: number, key: Buffer): Buffer => Buffer.concat([Buffer.from([kinds.expiry]), uint48(expiresAt), key]);

const written: WriteOutcome = { written: true };

/** All of the writes or, where a condition does not hold, none: conditions see what was there before the first write. */
export const applyWrites = (transaction: Transaction, layout: TableLayout, writes: readonly PreparedWrite[], now: Date): WriteOutcome => {
  for (const [index, write] of writes.entries()) {
    if (write.condition !== undefined && !holds(write.condition, transaction.get(write.key), now))
      return { written: false, conflict: index };
  }
  for (const write of writes) if (write.isWrite) applyWrite(transaction, layout, write);
  return written;
};

const holds = (condition: Condition, stored: Buffer | undefined, now: Date): boolean => {
  const there = stored !== undefined && !isExpired(stored, now);
  if (condition === 'absent') return !there;
  if (condition === 'present') return there;
  return there && versionOf(stored) === condition.version;
};

const applyWrite = (transaction: Transaction, layout: TableLayout, write: PreparedWrite): void => {
  if (write.value === undefined) removeItem(transaction, layout, write.key);
  else putItem(transaction, layout, write, write.value);
};

const putItem = (transaction: Transaction, layout: TableLayout, { key, expiresAt, indexKeys }: PreparedWrite, value: Buffer): void => {
  if (layout.indexes.length > 0) reindex(transaction, layout, key, indexKeys);
  transaction.put(key, value);
  if (expiresAt !== undefined) transaction.put(expiryKey(expiresAt, key), key);
  layout.epoch.touch(transaction);
  layout.changes?.record(transaction, key);
};

const reindex = (transaction: Transaction, layout: TableLayout, key: Buffer, indexKeys: readonly Buffer[]): void => {
  const stored = transaction.get(key);
  const before = stored === undefined ? nothing : indexKeysOf(layout, decodeItem(stored));
  for (const entry of before) if (!indexKeys.some((kept) => kept.equals(entry))) transaction.remove(entry);
  for (const entry of indexKeys) if (!before.some((kept) => kept.equals(entry))) transaction.put(entry, key);
};

/** Removes an item with all that leads to it. Removing what is not there is no change. */
export const removeItem = (transaction: Transaction, layout: TableLayout, key: Buffer): void => {
  const stored = transaction.get(key);
  if (stored === undefined) return;
  const expiresAt = expiryOf(stored);
  if (layout.indexes.length > 0) for (const entry of indexKeysOf(layout, decodeItem(stored))) transaction.remove(entry);
  if (!Number.isNaN(expiresAt)) transaction.remove(expiryKey(expiresAt, key));
  transaction.remove(key);
  layout.epoch.touch(transaction);
  layout.changes?.record(transaction, key);
};
