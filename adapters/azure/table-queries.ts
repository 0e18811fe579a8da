import type { Json, JsonObject } from '../../domain/kernel/json.ts';
import type { Items, Page, SortRange, Table, TableDeclaration } from '../../domain/kernel/table.ts';
import { checkedKeyPart, checkedLimit, invalidCursor, unknownIndex } from '../../domain/kernel/table-rules.ts';
import { cursorAt, type Place, placeOf } from '../cloud/table-cursor.ts';
import type { CosmosContainer, Part, Query } from './cosmos-container.ts';
import { isAzureError } from './errors.ts';
import { fromStored, ownPartitions } from './table-items.ts';
import { isWithin, rangeCondition, type TextCondition } from './table-range.ts';
import { ordered } from './table-text.ts';

export type TableQueriesOptions = {
  readonly container: CosmosContainer;
  /** For cursors. */
  readonly tableName: string;
  readonly declaration: TableDeclaration;
  readonly now: () => Date;
};

/** An order in which documents are read, of one logical partition or of all. Paths are of attributes, in the sequence of a composite index. */
type Order = {
  readonly pk?: string;
  readonly scope: readonly string[];
  readonly paths: readonly string[];
  /** What beside the range has to hold. */
  readonly where?: TextCondition;
  /** Where a document stands in the order: of its paths those that differ within it. */
  readonly place: readonly string[];
};

const path = (name: string): string => `c[${JSON.stringify(name)}]`;

const partitionOrder = (tableName: string, pk: string): Order => {
  checkedKeyPart(pk, Buffer.byteLength(pk));
  return { pk: ordered(pk), scope: [tableName, pk], paths: ['sk'], place: ['sk'] };
};

const indexOrder = (tableName: string, { indexes = {} }: TableDeclaration, index: string, partition: string): Order => {
  const declared = Object.hasOwn(indexes, index) ? indexes[index] : undefined;
  if (declared === undefined) throw unknownIndex(index);
  checkedKeyPart(partition, Buffer.byteLength(partition));
  const sql = `${path(declared.partition)} = @partition AND IS_STRING(${path(declared.sort)})`;
  const where = { sql, values: { '@partition': ordered(partition) } };
  const place = [declared.sort, 'pk', 'sk'];
  return { scope: [tableName, index, partition], paths: [declared.partition, ...place], place, where };
};

const scanOrder = (tableName: string): Order => ({
  scope: [tableName, 'scan'],
  paths: ['pk', 'sk'],
  place: ['pk', 'sk'],
  where: { sql: 'NOT STARTSWITH(c.pk, @own)', values: { '@own': ownPartitions } },
});

/** What comes behind a place: greater in the first path, or equal there and greater in the second … */
const behind = (place: readonly string[], values: readonly string[], descending: boolean): TextCondition => {
  const operator = descending ? '<' : '>';
  const alternatives = place.map((name, at) =>
    [...place.slice(0, at).map((before, index) => `${path(before)} = @after${index}`), `${path(name)} ${operator} @after${at}`].join(
      ' AND ',
    ),
  );
  return {
    sql: `(${alternatives.map((each) => `(${each})`).join(' OR ')})`,
    values: Object.fromEntries(values.map((value, at) => [`@after${at}`, value])),
  };
};

/** The part of the table that reads many items at once. Reads are as consistent as the account is: it has to be `Strong`. */
export const tableQueries = (options: TableQueriesOptions): Pick<Table, 'query' | 'queryIndex' | 'scan'> => {
  const { container, tableName, declaration, now } = options;

  const readPart = async (part: Part, query: Query, wanted: number): Promise<readonly JsonObject[]> => {
    const found: JsonObject[] = [];
    let continuation: string | undefined;
    do {
      const page = await container.query(part, query, { limit: wanted - found.length, continuation });
      found.push(...page.documents);
      continuation = page.continuation;
    } while (continuation !== undefined && found.length < wanted);
    return found;
  };

  /** The gateway orders within a physical partition only: so much of each as is wanted of all, put together. */
  const readAll = async (query: Query, wanted: number, compare: (one: JsonObject, other: JsonObject) => number) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const ranges = await container.ranges();
        const found = await Promise.all(ranges.map((range) => readPart({ range }, query, wanted)));
        return found.flat().sort(compare).slice(0, wanted);
      } catch (error) {
        // A physical partition was divided meanwhile: the list of them is read again.
        if (!isAzureError(error, 410) || attempt === 3) throw error;
      }
    }
  };

  const read = async (order: Order, range: SortRange, page: Page): Promise<Items> => {
    const limit = checkedLimit(page);
    const { descending = false } = page;
    const [sort = ''] = order.place;
    const condition = rangeCondition(path(sort), range);
    const after = page.cursor === undefined ? undefined : startingAfter(order, range, page.cursor);
    if (condition === 'none') return { items: [], next: null };
    const conditions = [...(order.where === undefined ? [] : [order.where]), alive(now()), ...(condition === 'all' ? [] : [condition])];
    if (after !== undefined) conditions.push(behind(order.place, after, descending));
    const query = queryOf(conditions, order.paths, descending);
    const found =
      order.pk === undefined
        ? await readAll(query, limit + 1, comparing(order.place, descending))
        : await readPart({ pk: order.pk }, query, limit + 1);
    const documents = found.slice(0, limit);
    const last = documents.at(-1);
    const next = found.length > limit && last !== undefined ? cursorAt(order.scope, placeIn(order, last)) : null;
    return { items: documents.map(fromStored), next };
  };

  return {
    query: async (pk, range = {}, page = {}) => read(partitionOrder(tableName, pk), range, page),
    queryIndex: async (index, partition, range = {}, page = {}) => read(indexOrder(tableName, declaration, index, partition), range, page),
    scan: async (page = {}) => read(scanOrder(tableName), {}, page),
  };
};

const queryOf = (
  conditions: readonly { sql: string; values: Readonly<Record<string, Json>> }[],
  paths: readonly string[],
  descending: boolean,
): Query => {
  const order = paths.map((name) => `${path(name)} ${descending ? 'DESC' : 'ASC'}`).join(', ');
  const values = Object.assign({}, ...conditions.map((each) => each.values)) as Readonly<Record<string, Json>>;
  return {
    query: `SELECT * FROM c WHERE ${conditions.map(({ sql }) => sql).join(' AND ')} ORDER BY ${order}`,
    parameters: Object.entries(values).map(([name, value]) => ({ name, value })),
  };
};

const alive = (now: Date) => ({ sql: '(NOT IS_DEFINED(c.expiresAt) OR c.expiresAt > @now)', values: { '@now': now.getTime() / 1000 } });

const placeIn = ({ place }: Order, document: JsonObject): Place => place.map((name) => String(document[name])) as unknown as Place;

const startingAfter = (order: Order, range: SortRange, cursor: string): readonly string[] => {
  const values = placeOf(order.scope, cursor) as readonly string[];
  if (values.length !== order.place.length || !isWithin(values[0] ?? '', range)) throw invalidCursor();
  return values;
};

const comparing =
  (place: readonly string[], descending: boolean) =>
  (one: JsonObject, other: JsonObject): number => {
    for (const name of place) {
      const [a, b] = [String(one[name]), String(other[name])];
      if (a !== b) return a < b !== descending ? -1 : 1;
    }
    return 0;
  };
