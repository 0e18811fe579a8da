import type { Json } from './json.ts';

/**
 * An item is addressed by partition key and sort key (strings; at most 1,024 bytes each). Every `pk` begins with the tenant. `version` is what
 * conditions compare; `expiresAt` (whole seconds since 1970) ends its life: past it the item is invisible, and removed some time later.
 */
export type Key = { readonly pk: string; readonly sk: string };
export type Item = Key & { readonly version?: number; readonly expiresAt?: number; readonly [attribute: string]: Json | undefined };

/** What must hold for a write: nothing is there, something is there, or what is there has this version. */
export type Condition = 'absent' | 'present' | { readonly version: number };

export type Write =
  | { readonly type: 'put'; readonly item: Item; readonly if?: Condition }
  | { readonly type: 'delete'; readonly key: Key; readonly if?: Condition }
  | { readonly type: 'check'; readonly key: Key; readonly if: Condition };

/** `conflict` names the first write whose condition did not hold (0 for a single one); then nothing was written. */
export type WriteOutcome = { readonly written: true } | { readonly written: false; readonly conflict: number };

/** Bounds are inclusive. `prefix` excludes `from` and `to`. */
export type SortRange = { readonly prefix: string } | { readonly from?: string; readonly to?: string };

export type Page = { readonly limit?: number; readonly cursor?: string; readonly descending?: boolean };
export type Items = { readonly items: readonly Item[]; readonly next: string | null };

/** A secondary index: items that have both attributes (strings) are found by the first and ordered by the second, then by key; on a cloud, equals may have another order, the same each time. */
export type IndexDeclaration = { readonly partition: string; readonly sort: string };

export type TableDeclaration = {
  readonly indexes?: { readonly [name: string]: IndexDeclaration };
};

/**
 * A table of items. A write that is acknowledged is on disk. `get` and `batchGet` are strong; `queryIndex` may lag on a cloud.
 * Limits, enforced on every target: 400 KB an item, 100 writes a transaction (one partition), 100 keys a batch get.
 * Throws `Rejected` with `storage-full`, `item-too-large`, `transaction-too-large` or `invalid-cursor`; of kind `invalid` also `invalid-key`,
 * `invalid-limit`, `invalid-expiry`, `unknown-index`, and of a transaction `foreign-partition` and `duplicate-key` (it names an item once).
 */
export type Table = {
  get(key: Key): Promise<Item | undefined>;
  /** Items in the order of the keys; what does not exist is left out. */
  batchGet(keys: readonly Key[]): Promise<readonly Item[]>;
  put(item: Item, condition?: Condition): Promise<WriteOutcome>;
  delete(key: Key, condition?: Condition): Promise<WriteOutcome>;
  /** All or nothing, in the one partition `pk`. */
  transact(pk: string, writes: readonly Write[]): Promise<WriteOutcome>;
  /** A partition's items by sort key, ascending (byte order of UTF-8), 100 a page unless `limit` says otherwise (1 to 1,000). */
  query(pk: string, range?: SortRange, page?: Page): Promise<Items>;
  queryIndex(index: string, partition: string, range?: SortRange, page?: Page): Promise<Items>;
  /**
   * All items, whatever their partition, in no order that is promised: one that is there all the while is met. A page may hold fewer than its
   * limit, and even none, and yet have a next one.
   */
  scan(page?: Omit<Page, 'descending'>): Promise<Items>;
};

/**
 * One change as a table's change stream delivers it: at least once, in order within a partition, `sequence` increasing there (compared as strings).
 * `item` is what was written, or what has replaced it since; absent for a removal.
 */
export type Change = { readonly sequence: string; readonly key: Key; readonly item?: Item };
export type ChangeHandler = (changes: readonly Change[]) => Promise<void>;
