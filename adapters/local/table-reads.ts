import type { Clock } from '../../domain/kernel/clock.ts';
import type { Item, Items, Page, SortRange, Table } from '../../domain/kernel/table.ts';
import { checkBatch, checkedLimit, unknownIndex } from '../../domain/kernel/table-rules.ts';
import type { Environment } from './group-commit.ts';
import { rememberedItems } from './remembered-items.ts';
import { decodeItem, isExpired } from './stored-item.ts';
import {
  type ByteSpan,
  cursorAfter,
  indexSpan,
  itemKey,
  itemSpan,
  keyOfCursor,
  kinds,
  partitionHead,
  prefixOf,
  successor,
} from './table-keys.ts';
import type { TableLayout } from './table-writes.ts';

/** The reading half of a table: LMDB answers from its map of the file, so a read waits for nothing. */
export const tableReads = (
  environment: Environment,
  layout: TableLayout,
  clock: Clock,
): Pick<Table, 'get' | 'batchGet' | 'query' | 'queryIndex' | 'scan'> => {
  const read = (key: Buffer, now: Date): Item | undefined => {
    const stored = environment.getBinaryFast(key);
    return stored === undefined || isExpired(stored, now) ? undefined : decodeItem(stored);
  };

  const get = rememberedItems(layout.epoch, (key) => {
    const stored = environment.getBinaryFast(itemKey(layout.id, key));
    return stored === undefined ? undefined : decodeItem(stored);
  });

  const pageOf = (head: Buffer, span: ByteSpan, page: Page, itemOf: (value: Buffer, now: Date) => Item | undefined): Items => {
    const limit = checkedLimit(page);
    const now = clock.now();
    const items: Item[] = [];
    let lastKey: Buffer | undefined;
    for (const { key, value } of entriesOf(environment, head, span, page)) {
      const item = itemOf(value, now);
      if (item === undefined) continue;
      if (items.length === limit) return { items, next: cursorAfter(head, lastKey ?? head) };
      items.push(item);
      lastKey = key;
    }
    return { items, next: null };
  };

  return {
    get: async (key) => get(key, clock.now()),
    async batchGet(keys) {
      checkBatch(keys);
      const now = clock.now();
      return keys.map((key) => read(itemKey(layout.id, key), now)).filter((item) => item !== undefined);
    },
    async query(pk, range = {}, page = {}) {
      const head = partitionHead(kinds.item, layout.id, pk);
      return pageOf(head, itemSpan(head, range), page, (value, now) => (isExpired(value, now) ? undefined : decodeItem(value)));
    },
    async queryIndex(index, partition, range: SortRange = {}, page = {}) {
      const declared = layout.indexes.find(({ name }) => name === index);
      if (declared === undefined) throw unknownIndex(index);
      const head = partitionHead(kinds.index, declared.id, partition);
      return pageOf(head, indexSpan(head, range), page, (value, now) => read(value, now));
    },
    async scan(page = {}) {
      const head = prefixOf(kinds.item, layout.id);
      const all = { low: head, high: successor(head) };
      return pageOf(head, all, page, (value, now) => (isExpired(value, now) ? undefined : decodeItem(value)));
    },
  };
};

function* entriesOf(
  environment: Environment,
  head: Buffer,
  span: ByteSpan,
  { cursor, descending = false }: Page,
): Generator<{ key: Buffer; value: Buffer }> {
  const after = cursor === undefined ? undefined : keyOfCursor(head, span, cursor);
  const { low, high } = span;
  if (low.compare(high) >= 0) return;
  const range = descending
    ? { start: after ?? high, exclusiveStart: true, end: low, inclusiveEnd: true, reverse: true }
    : { start: after ?? low, exclusiveStart: after !== undefined, end: high };
  for (const { key, value } of environment.getRange(range)) yield { key, value };
}
