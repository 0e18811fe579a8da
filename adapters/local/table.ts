import type { Clock } from '../../domain/kernel/clock.ts';
import type { Item, Table, TableDeclaration, Write } from '../../domain/kernel/table.ts';
import { checkTransaction } from '../../domain/kernel/table-rules.ts';
import { changeLog } from './change-log.ts';
import type { Environment, GroupCommit } from './group-commit.ts';
import { durably, type Names } from './names.ts';
import { epoch } from './remembered-items.ts';
import { decodeItem } from './stored-item.ts';
import { kinds, prefixOf, successor } from './table-keys.ts';
import { tableReads } from './table-reads.ts';
import {
  applyWrites,
  type IndexLayout,
  indexKeysOf,
  type PreparedWrite,
  preparePut,
  prepareWrite,
  type TableLayout,
} from './table-writes.ts';

/** A table of the local store; `changes` keeps the change stream that `changeStream` reads. */
export type LocalTableDeclaration = TableDeclaration & { readonly changes?: boolean };

/** `putNew` puts many items, each where none with its key is there, for less than as many puts cost; items of several partitions, so it is no transaction. */
export type LocalTable = Table & { putNew(items: readonly Item[]): Promise<void> };

/** So many that a commit pays, and so few that nobody waits long for them. */
const itemsAtOnce = 1000;

/** The `Table` port on LMDB. Indexes, expiry and change log are written in the item's own transaction. */
export const localTable = (environment: Environment, commit: GroupCommit, layout: TableLayout, clock: Clock): LocalTable => {
  const write = (writes: readonly PreparedWrite[]) =>
    commit.write((transaction) => applyWrites(transaction, layout, writes, clock.now()), sizeOf(writes));
  const one = (single: Write) => write([prepareWrite(layout, single)]);
  return {
    ...tableReads(environment, layout, clock),
    put: async (item, condition) => write([preparePut(layout, item, condition)]),
    async putNew(items) {
      for (let at = 0; at < items.length; at += itemsAtOnce) {
        const writes = items.slice(at, at + itemsAtOnce).map((item) => preparePut(layout, item, 'absent'));
        await commit.write((transaction) => {
          for (const single of writes) applyWrites(transaction, layout, [single], clock.now());
        }, sizeOf(writes));
      }
    },
    delete: async (key, condition) => one(condition === undefined ? { type: 'delete', key } : { type: 'delete', key, if: condition }),
    async transact(pk, writes) {
      checkTransaction(pk, writes);
      return write(writes.map((single) => prepareWrite(layout, single)));
    },
  };
};

const sizeOf = (writes: readonly PreparedWrite[]): number => {
  let bytes = 0;
  for (const { value } of writes) bytes += value?.length ?? 0;
  return bytes;
};

/** Gives a table and its indexes their places in the store. An index that is new to a table with items is filled from them; one no longer declared is forgotten. */
export const layOutTable = (
  environment: Environment,
  given: Names,
  name: string,
  { indexes = {}, changes = false }: LocalTableDeclaration,
): TableLayout => {
  const { id } = given.idOf(`table/${name}`);
  const places = Object.entries(indexes).map(([index, { partition, sort }]) => {
    const place = `index/${name}/${JSON.stringify([index, partition, sort])}`;
    return { place, ...given.idOf(place), name: index, partition, sort };
  });
  for (const known of given.known(`index/${name}/`)) if (!places.some(({ place }) => place === known)) given.forget(known);
  const fresh = places.filter(({ isNew }) => isNew);
  if (fresh.length > 0) fillIndexes(environment, id, fresh);
  const layout = { id, indexes: places, epoch: epoch() };
  return changes ? { ...layout, changes: changeLog(environment, id) } : layout;
};

const itemsPerFill = 1000;

const fillIndexes = (environment: Environment, id: number, indexes: readonly IndexLayout[]): void => {
  const all = prefixOf(kinds.item, id);
  const end = successor(all);
  for (let start: Buffer | undefined = all; start !== undefined; ) {
    const items: readonly { key: Buffer; value: Buffer }[] = [
      ...environment.getRange({ start, end, exclusiveStart: start !== all, limit: itemsPerFill }),
    ];
    durably(environment, () => {
      for (const { key, value } of items) for (const entry of indexKeysOf({ indexes }, decodeItem(value))) environment.put(entry, key);
    });
    start = items.length < itemsPerFill ? undefined : items.at(-1)?.key;
  }
};
