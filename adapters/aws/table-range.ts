import type { SortRange } from '../../domain/kernel/table.ts';
import { checkedKeyPart } from '../../domain/kernel/table-rules.ts';

/** A condition on a sort key in dynamodb-toolbox's words. */
export type RangeCondition =
  | { readonly beginsWith: string }
  | { readonly between: [string, string] }
  | { readonly gte: string }
  | { readonly lte: string };

const order = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const bound = (text: string): string => {
  checkedKeyPart(text, Buffer.byteLength(text));
  return text;
};

/** `all` of a partition, `none` of it, or what meets a condition. DynamoDB refuses empty texts and a range that ends before it begins. */
export const rangeCondition = (range: SortRange): RangeCondition | 'all' | 'none' => {
  if ('prefix' in range) return range.prefix === '' ? 'all' : { beginsWith: bound(range.prefix) };
  const { from = '', to } = range;
  if (to === undefined) return from === '' ? 'all' : { gte: bound(from) };
  if (to === '' || order(from, to) > 0) return 'none';
  return from === '' ? { lte: bound(to) } : { between: [bound(from), bound(to)] };
};

/** Whether a sort key lies in a range. */
export const isWithin = (sort: string, range: SortRange): boolean =>
  'prefix' in range
    ? sort.startsWith(range.prefix)
    : order(sort, range.from ?? '') >= 0 && (range.to === undefined || order(sort, range.to) <= 0);
