import type { JsonObject } from '../../../../domain/kernel/json.ts';
import { type FakeAnswer, type FakeRequest, json, Refusal } from '../server.ts';
import { badRequest, rangeGone } from './answers.ts';
import { parsePartitionKey, type Range, rangeOf, type Stored } from './container.ts';
import { type Context, itemHeaders } from './documents.ts';
import { isExpired } from './expiry.ts';

/** Which items a request for many is about: those of one partition key, of one range or of all. */
export type Selected = {
  readonly kind: 'key' | 'range' | 'all';
  readonly ranges: readonly { readonly range: Range; readonly items: readonly Stored[] }[];
};

/** Throws `Refusal`: 410 for a range that is not there (any more). */
export const selected = ({ container, request, now }: Context): Selected => {
  const alive = (items: Iterable<Stored>): readonly Stored[] =>
    [...items].filter((stored) => !isExpired(container, stored, now) && inBounds(request, stored));
  const key = request.header('x-ms-documentdb-partitionkey');
  if (key !== undefined) {
    const components = parsePartitionKey(key);
    const [range, text] = [rangeOf(container, components), JSON.stringify(components)];
    return { kind: 'key', ranges: [{ range, items: alive(range.items.values()).filter(({ partitionKey }) => partitionKey === text) }] };
  }
  const id = request.header('x-ms-documentdb-partitionkeyrangeid');
  const ranges = container.ranges.filter((range) => id === undefined || range.id === id);
  if (ranges.length === 0) throw new Refusal(rangeGone());
  return { kind: id === undefined ? 'all' : 'range', ranges: ranges.map((range) => ({ range, items: alive(range.items.values()) })) };
};

/** A part of a range, by effective partition key. */
const inBounds = ({ header }: FakeRequest, { effectiveKey }: Stored): boolean => {
  const [from, to] = [header('x-ms-start-epk'), header('x-ms-end-epk')];
  return from === undefined || to === undefined || (effectiveKey >= from && effectiveKey < to);
};

const itemsByDefault = 1000;

/** How many items a page may have. Throws `Refusal`. */
export const pageSizeOf = ({ header }: FakeRequest): number => {
  const wanted = header('x-ms-max-item-count');
  if (wanted === undefined || wanted === '0') return itemsByDefault;
  if (wanted === '-1') return Number.POSITIVE_INFINITY;
  if (/^\d+$/.test(wanted)) return Number(wanted);
  throw badRequest(
    `The input PageSize ${wanted} is invalid. Ensure to pass a valid page size which must be a positive integer or -1 for a dynamic page size.`,
  );
};

export const feedAnswer = (
  context: Context,
  range: Range | undefined,
  documents: readonly JsonObject[],
  headers: Readonly<Record<string, string>>,
): FakeAnswer =>
  json(
    200,
    { _rid: context.container.rid, Documents: documents, _count: documents.length },
    { ...itemHeaders(context, range, 2 + documents.length * 0.03), 'x-ms-item-count': String(documents.length), ...headers },
  );
