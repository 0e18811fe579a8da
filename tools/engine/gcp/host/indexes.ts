/** A composite index as a stack declares it. */
export type Index = {
  readonly database: string;
  readonly collection: string;
  readonly fields: readonly { readonly fieldPath: string; readonly order?: string | undefined }[];
};

/** Which indexes one field has by itself, in place of one in each direction; of the field `*`, every field without settings of its own. */
export type FieldSettings = {
  readonly database: string;
  readonly collection: string;
  readonly field: string;
  readonly orders: readonly string[];
};

/** The indexes of a project, by id. The emulator answers any query; Firestore refuses one that no index serves. */
export type Indexes = {
  declare(id: string, index: Index): void;
  set(id: string, settings: FieldSettings): void;
  forget(id: string): void;
  has(id: string): boolean;
  /** Why a query is refused; nothing where it is served. */
  refusalOf(database: string, query: unknown): string | undefined;
};

type Filter = {
  readonly fieldFilter?: { readonly field: { readonly fieldPath: string }; readonly op: string };
  readonly compositeFilter?: { readonly filters: readonly Filter[] };
};
type StructuredQuery = {
  readonly from?: readonly { readonly collectionId: string }[];
  readonly where?: Filter;
  readonly orderBy?: readonly { readonly field: { readonly fieldPath: string }; readonly direction?: string }[];
};

const filtersIn = (filter: Filter | undefined): readonly NonNullable<Filter['fieldFilter']>[] => {
  if (filter === undefined) return [];
  return filter.fieldFilter === undefined ? (filter.compositeFilter?.filters ?? []).flatMap(filtersIn) : [filter.fieldFilter];
};

/**
 * https://cloud.google.com/firestore/native/docs/query-data/index-overview: each field has an index by itself unless it is told otherwise; a query by more than
 * one needs a composite one, of the fields that are compared by equality and then those that it is ordered by, in their directions.
 */
const isServedBy = (index: Index, equal: readonly string[], ordered: readonly (readonly [string, string])[]): boolean => {
  const fields = index.fields.map(({ fieldPath, order = 'ASCENDING' }) => [fieldPath, order] as const);
  const [first, rest] = [fields.slice(0, equal.length), fields.slice(equal.length)];
  return (
    first.every(([name]) => equal.includes(name)) &&
    rest.length === ordered.length &&
    rest.every(([name, order], at) => name === ordered[at]?.[0] && order === ordered[at]?.[1])
  );
};

export const makeIndexes = (): Indexes => {
  const all = new Map<string, Index>();
  const settings = new Map<string, FieldSettings>();
  /** https://cloud.google.com/firestore/native/docs/query-data/index-overview#single-field_index_exemptions; what is compared by equality is found in either direction. */
  const servesAlone = (database: string, collection: string, field: string, order: string | undefined): boolean => {
    const within = [...settings.values()].filter((one) => one.database === database && one.collection === collection);
    const { orders } = within.find((one) => one.field === field) ?? within.find((one) => one.field === '*') ?? { orders: undefined };
    return orders === undefined || (order === undefined ? orders.length > 0 : orders.includes(order));
  };
  return {
    declare: (id, index) => void all.set(id, index),
    set: (id, given) => void settings.set(id, given),
    forget: (id) => void (all.delete(id) || settings.delete(id)),
    has: (id) => all.has(id) || settings.has(id),
    refusalOf(database, query) {
      const { from = [], where, orderBy = [] } = (query ?? {}) as StructuredQuery;
      const filters = filtersIn(where);
      const equal = [...new Set(filters.filter(({ op }) => op === 'EQUAL').map(({ field }) => field.fieldPath))];
      const ranges = [...new Set(filters.filter(({ op }) => op !== 'EQUAL').map(({ field }) => field.fieldPath))];
      const said = orderBy.map(({ field, direction = 'ASCENDING' }) => [field.fieldPath, direction] as const);
      const ordered = (said.length > 0 ? said : ranges.map((name) => [name, 'ASCENDING'] as const)).filter(([name]) => name !== '__name__');
      const collection = from[0]?.collectionId ?? '';
      const asked = [...new Set([...equal, ...ranges, ...ordered.map(([name]) => name)])];
      if (asked.length === 0 || (asked.length === 1 && servesAlone(database, collection, asked[0] ?? '', ordered[0]?.[1])))
        return undefined;
      const within = [...all.values()].filter((index) => index.database === database && index.collection === collection);
      if (within.some((index) => isServedBy(index, equal, ordered))) return undefined;
      return `The query requires an index on ${database}/${collection}: ${[...equal, ...ordered.map((one) => one.join(' '))].join()}`;
    },
  };
};
