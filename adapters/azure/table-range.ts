import type { SortRange } from '../../domain/kernel/table.ts';
import { checkedKeyPart } from '../../domain/kernel/table-rules.ts';
import { ordered } from './table-text.ts';

/** A condition on a text, in Cosmos DB's SQL, with its parameters. */
export type TextCondition = { readonly sql: string; readonly values: Readonly<Record<string, string>> };

const bound = (text: string): string => {
  checkedKeyPart(text, Buffer.byteLength(text));
  return ordered(text);
};

/** `none` where nothing can lie in the range. `path` is that of the sort key, such as `c["sk"]`. Throws `Rejected` `invalid-key`. */
export const rangeCondition = (path: string, range: SortRange): TextCondition | 'all' | 'none' => {
  if ('prefix' in range)
    return range.prefix === '' ? 'all' : { sql: `STARTSWITH(${path}, @prefix)`, values: { '@prefix': bound(range.prefix) } };
  const { from = '', to } = range;
  if (to === '') return 'none';
  const bounds = { ...(from === '' ? {} : { '@from': bound(from) }), ...(to === undefined ? {} : { '@to': bound(to) }) };
  const sql = [...(from === '' ? [] : [`${path} >= @from`]), ...(to === undefined ? [] : [`${path} <= @to`])];
  return sql.length === 0 ? 'all' : { sql: sql.join(' AND '), values: bounds };
};

/** Whether a sort key, as `ordered` has it, lies in a range. */
export const isWithin = (sort: string, range: SortRange): boolean =>
  'prefix' in range
    ? sort.startsWith(ordered(range.prefix))
    : sort >= ordered(range.from ?? '') && (range.to === undefined || sort <= ordered(range.to));
