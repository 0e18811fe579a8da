/** A composite index as a stack declares it. */
export type Index = {
  readonly database: string;
  readonly collection: string;
  readonly fields: readonly { readonly fieldPath: string; readonly order?: string | undefined }[];
};

/** The composite indexes of a project, by id. The emulator answers any query; Firestore refuses one that no index serves. */
export type Indexes = {
  declare(id: string, index: Index): void;
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
 * https://cloud.google.com/firestore/native/docs/query-data/index-overview: each field has an index by itself; a query by more than one needs a composite
 * one, of the fields that are compared by equality and then those that it is ordered by, in their directions.
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
  return {
    declare: (id, index) => void all.set(id, index),
    forget: (id) => void all.delete(id),
    has: (id) => all.has(id),
    refusalOf(database, query) {
      const { from = [], where, orderBy = [] } = (query ?? {}) as StructuredQuery;
      const filters = filtersIn(where);
      const equal = [...new Set(filters.filter(({ op }) => op === 'EQUAL').map(({ field }) => field.fieldPath))];
      const ranges = [...new Set(filters.filter(({ op }) => op !== 'EQUAL').map(({ field }) => field.fieldPath))];
      const said = orderBy.map(({ field, direction = 'ASCENDING' }) => [field.fieldPath, direction] as const);
      const ordered = (said.length > 0 ? said : ranges.map((name) => [name, 'ASCENDING'] as const)).filter(([name]) => name !== '__name__');
      if (new Set([...equal, ...ranges, ...ordered.map(([name]) => name)]).size <= 1) return undefined;
      const collection = from[0]?.collectionId ?? '';
      const within = [...all.values()].filter((index) => index.database === database && index.collection === collection);
      if (within.some((index) => isServedBy(index, equal, ordered))) return undefined;
      return `The query requires an index on ${database}/${collection}: ${[...equal, ...ordered.map((one) => one.join(' '))].join()}`;
    },
  };
};
