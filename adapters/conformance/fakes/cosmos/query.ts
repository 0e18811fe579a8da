import type { Json } from '../../../../domain/kernel/json.ts';
import { badRequest } from './answers.ts';
import type { Container, Stored } from './container.ts';
import { type Position, positionOf, tokenOf } from './continuation.ts';
import { checkOrdering } from './indexing.ts';
import { counts, evaluate, type Scope } from './sql/evaluate.ts';
import { compareValues } from './sql/order.ts';
import type { Expression, Query } from './sql/syntax.ts';

export type Parameters = ReadonlyMap<string, Json>;

/** `token` is absent behind the last page. */
export type QueryPage = { readonly rows: readonly Json[]; readonly token?: string };

export type PageWish = { readonly items: number; readonly token: string | undefined };

/** `place` is what the row is ordered by: the query's own order, then the ranges', then that of creation. */
type Row = { readonly scope: Scope; readonly place: readonly (Json | undefined)[] };

const answerBytes = 4 * 1024 * 1024;

/** Throws `Refusal`: a name is `@` with an identifier, and given once. */
export const parametersOf = (list: unknown): Parameters => {
  const given = Array.isArray(list) ? (list as readonly { readonly name: string; readonly value?: Json }[]) : [];
  if (given.some(({ name }) => !/^@[A-Za-z_]\w*$/.test(name)))
    throw badRequest("Parameter names should be in the format of symbol '@' followed by a valid identifier.");
  if (new Set(given.map(({ name }) => name)).size !== given.length) throw badRequest('Specified duplicate parameter name.');
  return new Map(given.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
};

/** TOP, OFFSET or LIMIT as the number that it is. Throws `Refusal`. */
export const numberOf = (expression: Expression, query: Query, parameters: Parameters): number => {
  const value = evaluate(expression, { alias: query.alias, document: {}, parameters });
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw badRequest('TOP, OFFSET and LIMIT take a whole number.');
};

/** One page of a query over the items of some ranges. Throws `Refusal`. */
export const runQuery = (
  { definition }: Container,
  ranges: readonly (readonly Stored[])[],
  query: Query,
  parameters: Parameters,
  wish: PageWish,
): QueryPage => {
  checkOrdering(query.orderBy, definition.indexingPolicy);
  checkNames(query, parameters);
  const rows = ranges.flatMap((items, range) => items.map((item) => rowOf(query, parameters, item, range))).filter(isWanted(query));
  if (query.selection.kind === 'value' && counts(query.selection.column.expression))
    return { rows: [counted(query, parameters, rows.length)] };
  const position = positionOf(query.text, wish.token) ?? { after: [], given: 0 };
  return pageOf(query, rows.sort(inOrderOf(query)), position, window(query, parameters), wish.items);
};

/** Unknown identifiers and functions are refused though there be no item. Throws `Refusal`. */
const checkNames = ({ alias, where, selection }: Query, parameters: Parameters): void => {
  const columns = selection.kind === 'columns' ? selection.columns : selection.kind === 'value' ? [selection.column] : [];
  const expressions = [...columns.map(({ expression }) => expression), ...(where === undefined ? [] : [where])];
  for (const expression of expressions) evaluate(expression, { alias, document: {}, parameters, count: 0 });
};

const rowOf = ({ alias, orderBy }: Query, parameters: Parameters, { document, sequence }: Stored, range: number): Row => {
  const scope = { alias, document, parameters };
  return { scope, place: [...orderBy.map(({ expression }) => evaluate(expression, scope)), range, sequence] };
};

/** An item without a property that the query orders by is not in the index, so not in the result; nor is a value that is undefined. */
const isWanted =
  ({ where, orderBy, selection }: Query) =>
  ({ scope, place }: Row): boolean =>
    orderBy.every((_, at) => place[at] !== undefined) &&
    (where === undefined || evaluate(where, scope) === true) &&
    (selection.kind !== 'value' || counts(selection.column.expression) || evaluate(selection.column.expression, scope) !== undefined);

const inOrderOf =
  ({ orderBy }: Query) =>
  (one: { readonly place: Row['place'] }, other: { readonly place: Row['place'] }): number => {
    for (const [at, value] of one.place.entries()) {
      const order = compareValues(value, other.place[at]);
      if (order !== 0) return orderBy[at]?.descending ? -order : order;
    }
    return 0;
  };

const counted = ({ selection, alias }: Query, parameters: Parameters, count: number): Json =>
  selection.kind === 'value' ? (evaluate(selection.column.expression, { alias, document: {}, parameters, count }) ?? null) : null;

const window = (query: Query, parameters: Parameters): { readonly skip: number; readonly most: number } => {
  const countOf = (part: Expression | undefined, otherwise: number) => (part === undefined ? otherwise : numberOf(part, query, parameters));
  return { skip: countOf(query.offset, 0), most: Math.min(countOf(query.top, Infinity), countOf(query.limit, Infinity)) };
};

const pageOf = (
  query: Query,
  rows: readonly Row[],
  { after, given }: Position,
  { skip, most }: { readonly skip: number; readonly most: number },
  items: number,
): QueryPage => {
  const rest = after.length === 0 ? rows.slice(skip) : rows.filter((row) => inOrderOf(query)(row, { place: after }) > 0);
  const wanted = rest.slice(0, most - given);
  const page = fitting(query, wanted.slice(0, items));
  const last = wanted[page.length - 1];
  if (last === undefined || page.length === wanted.length) return { rows: page };
  return { rows: page, token: tokenOf(query.text, { after: last.place as readonly Json[], given: given + page.length }) };
};

/** As many rows as an answer may be large, but at least one. */
const fitting = (query: Query, rows: readonly Row[]): readonly Json[] => {
  const page: Json[] = [];
  let bytes = 0;
  for (const { scope } of rows) {
    const selected = select(query, scope);
    bytes += Buffer.byteLength(JSON.stringify(selected) ?? '');
    if (page.length > 0 && bytes > answerBytes) break;
    page.push(selected ?? null);
  }
  return page;
};

const select = ({ selection }: Query, scope: Scope): Json | undefined => {
  if (selection.kind === 'all') return scope.document;
  if (selection.kind === 'value') return evaluate(selection.column.expression, scope);
  return Object.fromEntries(selection.columns.map(({ name, expression }) => [name, evaluate(expression, scope)]));
};
