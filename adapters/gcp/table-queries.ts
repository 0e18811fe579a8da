import type { Items, Page, SortRange, Table, TableDeclaration } from '../../domain/kernel/table.ts';
import { checkedKeyPart, checkedLimit, invalidCursor, unknownIndex } from '../../domain/kernel/table-rules.ts';
import { cursorAt, type Place, placeOf } from '../cloud/table-cursor.ts';
import type { Collection, Filter } from './firestore.ts';
import type { FirestoreValue } from './firestore-values.ts';
import { fromStored, type Stored } from './table-items.ts';
import { isWithin, rangeFilters } from './table-range.ts';

export type TableQueriesOptions = {
  readonly collection: Collection;
  readonly declaration: TableDeclaration;
  readonly isVisible: (stored: Stored) => boolean;
};

/** An order in which items are read: a partition's own or an index's. Each needs a composite index of its fields, one for either direction. */
type Order = {
  readonly partition: readonly [field: string, value: string];
  readonly fields: readonly [sort: string, ...keys: string[]];
  readonly scope: readonly string[];
};

const partitionOrder = (path: string, pk: string): Order => ({ partition: ['pk', pk], fields: ['sk'], scope: [path, pk] });

const indexOrder = (path: string, { indexes = {} }: TableDeclaration, index: string, partition: string): Order => {
  const declared = Object.hasOwn(indexes, index) ? indexes[index] : undefined;
  if (declared === undefined) throw unknownIndex(index);
  return { partition: [declared.partition, partition], fields: [declared.sort, 'pk', 'sk'], scope: [path, index, partition] };
};

const text = (value: string): FirestoreValue => ({ stringValue: value });

/** The part of the table that reads many items at once. */
export const tableQueries = (options: TableQueriesOptions): Pick<Table, 'query' | 'queryIndex' | 'scan'> => {
  const { collection, declaration, isVisible } = options;

  const read = async ({ partition: [field, value], fields, scope }: Order, range: SortRange, page: Page): Promise<Items> => {
    checkedKeyPart(value, Buffer.byteLength(value));
    const limit = checkedLimit(page);
    const filters = rangeFilters(fields[0], range);
    let after: Place | undefined = page.cursor === undefined ? undefined : startingAfter(scope, range, page.cursor);
    if (filters === 'none') return { items: [], next: null };
    const where: readonly Filter[] = [[field, 'EQUAL', text(value)], ...filters];
    const orderBy = fields.map((each) => [each, page.descending ? 'DESCENDING' : 'ASCENDING'] as const);
    const placeIn = ({ item }: Stored): Place => fields.map((each) => item[each]) as unknown as Place;
    const found: Stored[] = [];
    let isMore = true;
    while (isMore && found.length <= limit) {
      // One more than asked for tells whether there is a next page. What has expired fills no page.
      const wanted = limit + 1 - found.length;
      const { documents } = await collection.query({ where, orderBy, limit: wanted, ...(after && { after: after.map(text) }) });
      const stored = documents.map(fromStored);
      const last = stored.at(-1);
      if (last !== undefined) after = placeIn(last);
      found.push(...stored.filter(isVisible));
      isMore = documents.length === wanted;
    }
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = found.length > limit && last !== undefined ? cursorAt(scope, placeIn(last)) : null;
    return { items: shown.map(({ item }) => item), next };
  };

  return {
    query: async (pk, range = {}, page = {}) => read(partitionOrder(collection.path, pk), range, page),
    queryIndex: async (index, partition, range = {}, page = {}) =>
      read(indexOrder(collection.path, declaration, index, partition), range, page),
    async scan(page = {}) {
      const scope = [collection.path, 'scan'];
      const limit = checkedLimit(page);
      const after = page.cursor === undefined ? undefined : placeOf(scope, page.cursor)[0];
      const from = after === undefined ? {} : { after: [{ referenceValue: collection.nameOf(after) }] };
      const { documents } = await collection.query({ where: [], orderBy: [['__name__', 'ASCENDING']], limit, ...from });
      const stored = documents.map(fromStored);
      const last = stored.at(-1);
      const next = last !== undefined && documents.length === limit ? cursorAt(scope, [last.id]) : null;
      return { items: stored.filter(isVisible).map(({ item }) => item), next };
    },
  };
};

const startingAfter = (scope: readonly string[], range: SortRange, cursor: string): Place => {
  const place = placeOf(scope, cursor);
  if (!isWithin(place[0], range)) throw invalidCursor();
  return place;
};
