import type { SortRange } from '../../domain/kernel/table.ts';
import { checkedKeyPart } from '../../domain/kernel/table-rules.ts';
import type { Filter } from './firestore.ts';

const order = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const bound = (text: string): { readonly stringValue: string } => {
  checkedKeyPart(text, Buffer.byteLength(text));
  return { stringValue: text };
};

/** What a query asks of its sort attribute; `none` where nothing can meet it. Firestore orders texts by the bytes of their UTF-8. */
export const rangeFilters = (field: string, range: SortRange): readonly Filter[] | 'none' => {
  if ('prefix' in range) {
    if (range.prefix === '') return [];
    const end = behindPrefix(range.prefix);
    const from: Filter = [field, 'GREATER_THAN_OR_EQUAL', bound(range.prefix)];
    return end === undefined ? [from] : [from, [field, 'LESS_THAN', { stringValue: end }]];
  }
  const { from = '', to } = range;
  if (to === '' || (to !== undefined && order(from, to) > 0)) return 'none';
  return [
    ...(from === '' ? [] : [[field, 'GREATER_THAN_OR_EQUAL', bound(from)] as const]),
    ...(to === undefined ? [] : [[field, 'LESS_THAN_OR_EQUAL', bound(to)] as const]),
  ];
};

const last = 0x10ffff;
const [beforeSurrogates, behindSurrogates] = [0xd7ff, 0xe000];

/** The least text that comes behind all that begin with a prefix. */
const behindPrefix = (prefix: string): string | undefined => {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === last) points.pop();
  const end = points.pop();
  if (end === undefined) return undefined;
  return String.fromCodePoint(...points, end === beforeSurrogates ? behindSurrogates : end + 1);
};

/** Whether a sort key lies in a range. */
export const isWithin = (sort: string, range: SortRange): boolean =>
  'prefix' in range
    ? sort.startsWith(range.prefix)
    : order(sort, range.from ?? '') >= 0 && (range.to === undefined || order(sort, range.to) <= 0);
