import type { Item, Table, TableDeclaration, Write } from '../../domain/kernel/table.ts';
import { itemSize, readUnits, storageOverhead, writeUnits } from './item-size.ts';

/** What calls of a table came to, in the units that DynamoDB bills; and how many items they wrote, which others bill. */
export type Consumed = { reads: number; writes: number; items: number; readonly calls: string[]; storedBytes: number };

/** Copies of an item in indexes: one for each index both of whose attributes it has. */
const copies = (item: Item, { indexes = {} }: TableDeclaration): number =>
  Object.values(indexes).filter(({ partition, sort }) => item[partition] !== undefined && item[sort] !== undefined).length;

/** A table that counts what is asked of it, as the price list counts. */
export const countingTable = (table: Table, declaration: TableDeclaration, consumed: Consumed): Table => {
  const written = (item: Item, transacted: boolean): void => {
    const size = itemSize(item);
    consumed.items += 1;
    consumed.writes += writeUnits(size) * ((transacted ? 2 : 1) + copies(item, declaration));
    consumed.storedBytes += (size + storageOverhead) * (1 + copies(item, declaration));
  };
  const wrote = (write: Write): void => {
    if (write.type === 'put') written(write.item, true);
    else {
      consumed.writes += 2;
      consumed.items += 1;
    }
  };
  const read = (items: readonly Item[]): void => {
    consumed.reads += items.reduce((total, item) => total + readUnits(itemSize(item)), 0) + (items.length === 0 ? 1 : 0);
  };
  return {
    async get(key) {
      const item = await table.get(key);
      consumed.calls.push('get');
      read(item === undefined ? [] : [item]);
      return item;
    },
    async batchGet(keys) {
      const items = await table.batchGet(keys);
      consumed.calls.push('batch-get');
      read(items);
      return items;
    },
    async put(item, condition) {
      consumed.calls.push(condition === undefined ? 'put' : 'conditional-put');
      written(item, false);
      return table.put(item, condition);
    },
    async delete(key, condition) {
      consumed.calls.push('delete');
      consumed.writes += 1;
      consumed.items += 1;
      return table.delete(key, condition);
    },
    async transact(pk, writes) {
      consumed.calls.push('transact');
      for (const write of writes) wrote(write);
      return table.transact(pk, writes);
    },
    async query(pk, range, page) {
      const items = await table.query(pk, range, page);
      consumed.calls.push('query');
      consumed.reads += readUnits(items.items.reduce((total, item) => total + itemSize(item), 0));
      return items;
    },
    async queryIndex(index, partition, range, page) {
      const items = await table.queryIndex(index, partition, range, page);
      consumed.calls.push('query-index');
      consumed.reads += readUnits(items.items.reduce((total, item) => total + itemSize(item), 0)) / 2;
      return items;
    },
    async scan(page) {
      const items = await table.scan(page);
      consumed.calls.push('scan');
      consumed.reads += readUnits(items.items.reduce((total, item) => total + itemSize(item), 0));
      return items;
    },
  };
};

export const nothingConsumed = (): Consumed => ({ reads: 0, writes: 0, items: 0, calls: [], storedBytes: 0 });
