import type { Json } from '../../../../domain/kernel/json.ts';
import { counts } from './sql/evaluate.ts';
import type { Query } from './sql/syntax.ts';

/** Whether the ranges' answers have to be put together by a plan, which the gateway leaves to its caller. */
export const needsPlan = ({ orderBy, top, offset, selection }: Query): boolean =>
  orderBy.length > 0 || top !== undefined || offset !== undefined || (selection.kind === 'value' && counts(selection.column.expression));

/** How a client is to run a query over all ranges: what to send to each, and how to put the answers together. `countOf` gives TOP, OFFSET and LIMIT. */
export const planOf = (query: Query, countOf: (part: 'top' | 'offset' | 'limit') => number | null): Json => ({
  partitionedQueryExecutionInfoVersion: 2,
  queryInfo: {
    distinctType: 'None',
    top: countOf('top'),
    offset: countOf('offset'),
    limit: countOf('limit'),
    orderBy: query.orderBy.map(({ descending }) => (descending ? 'Descending' : 'Ascending')),
    orderByExpressions: query.orderBy.map(({ text }) => text),
    groupByExpressions: [],
    groupByAliases: [],
    aggregates: query.selection.kind === 'value' && counts(query.selection.column.expression) ? ['Count'] : [],
    groupByAliasToAggregateType: {},
    rewrittenQuery: rewritten(query),
    hasSelectValue: query.selection.kind === 'value',
    dCountInfo: null,
    hasNonStreamingOrderBy: false,
  },
  queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
});

/** With an order, every row carries the values it is ordered by; the filter's place is for going on behind a row. */
const rewritten = ({ selection, orderBy, alias, whereText, top, text }: Query): string => {
  if (selection.kind === 'value' && counts(selection.column.expression))
    return text.replace(selection.column.text, `[{"item": ${selection.column.text}}]`);
  if (orderBy.length === 0) return '';
  const items = orderBy.map((each) => `{"item": ${each.text}}`).join(', ');
  const order = orderBy.map((each) => `${each.text} ${each.descending ? 'DESC' : 'ASC'}`).join(', ');
  const where = `(${whereText ?? 'true'}) AND ({documentdb-formattableorderbyquery-filter})`;
  const first = top === undefined ? '' : `${/\btop\s+\S+/i.exec(text)?.[0] ?? ''} `;
  return `SELECT ${first}${alias}._rid, [${items}] AS orderByItems, ${payloadOf(selection, alias)} AS payload FROM ${alias} WHERE ${where} ORDER BY ${order}`;
};

const payloadOf = (selection: Query['selection'], alias: string): string => {
  if (selection.kind === 'all') return alias;
  if (selection.kind === 'value') return selection.column.text;
  return `{${selection.columns.map(({ name, text }) => `${JSON.stringify(name)}: ${text}`).join(', ')}}`;
};
