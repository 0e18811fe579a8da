import type { Item, Items, Page, SortRange, Table, TableDeclaration } from '../../domain/kernel/table.ts';
import { checkedKeyPart, checkedLimit, invalidCursor, unknownIndex } from '../../domain/kernel/table-rules.ts';
import { cursorAt, type Place, placeOf } from '../cloud/table-cursor.ts';
import type { DocumentClient } from './document-client.ts';
import { QueryCommand } from './document-commands.ts';
import { isWithin, rangeCondition } from './table-range.ts';
import type { TableRequests } from './table-requests.ts';

export type TableQueriesOptions = {
  readonly documents: DocumentClient;
  readonly requests: TableRequests;
  readonly declaration: TableDeclaration;
  /** Items as they are read: without those whose life has ended. */
  readonly visible: (found: readonly Item[]) => Item[];
};

/** An order in which items are read: a partition's own or an index's. */
type Order = {
  readonly index?: string;
  readonly partition: string;
  readonly scope: readonly string[];
  placeOf(item: Item): Place;
  keyAt(place: Place): Item;
};

const partitionOrder = (tableName: string, pk: string): Order => ({
  partition: pk,
  scope: [tableName, pk],
  placeOf: ({ sk }) => [sk],
  keyAt: ([sk]) => ({ pk, sk }),
});

const indexOrder = (tableName: string, { indexes = {} }: TableDeclaration, index: string, partition: string): Order => {
  const declared = Object.hasOwn(indexes, index) ? indexes[index] : undefined;
  if (declared === undefined) throw unknownIndex(index);
  return {
    index,
    partition,
    scope: [tableName, index, partition],
    placeOf: (item) => [item[declared.sort] as string, item.pk, item.sk],
    keyAt: ([sort, pk = '', sk = '']) => ({ [declared.partition]: partition, [declared.sort]: sort, pk, sk }),
  };
};

/** The part of the table that reads many items at once. */
export const tableQueries = ({ documents, requests, declaration, visible }: TableQueriesOptions): Pick<Table, 'query' | 'queryIndex'> => {
  const read = async (order: Order, sortRange: SortRange, page: Page): Promise<Items> => {
    checkedKeyPart(order.partition, Buffer.byteLength(order.partition));
    const limit = checkedLimit(page);
    const range = rangeCondition(sortRange);
    let after = page.cursor === undefined ? undefined : startingAfter(order, sortRange, page.cursor);
    if (range === 'none') return { items: [], next: null };
    const found: Item[] = [];
    const { index, partition } = order;
    const query = { ...(index !== undefined && { index }), partition, range, descending: page.descending ?? false };
    do {
      // One more than asked for tells whether there is a next page. What has expired fills no page, and neither does a megabyte, where DynamoDB stops.
      const request = requests.query({ ...query, limit: limit + 1, ...(after && { after }) });
      const { Items = [], LastEvaluatedKey } = await documents.send(new QueryCommand(request));
      found.push(...visible(Items));
      after = LastEvaluatedKey;
    } while (after !== undefined && found.length <= limit);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, next: found.length > limit && last !== undefined ? cursorAt(order.scope, order.placeOf(last)) : null };
  };

  return {
    query: async (pk, range = {}, page = {}) => read(partitionOrder(requests.tableName, pk), range, page),
    queryIndex: async (index, partition, range = {}, page = {}) =>
      read(indexOrder(requests.tableName, declaration, index, partition), range, page),
  };
};

const startingAfter = (order: Order, range: SortRange, cursor: string): Item => {
  const place = placeOf(order.scope, cursor);
  if (!isWithin(place[0], range)) throw invalidCursor();
  return order.keyAt(place);
};
