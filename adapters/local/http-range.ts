import type { ByteRange } from '../../domain/kernel/object-store.ts';

/**
 * The one range that a `Range` header asks of an object of this size: `bytes=0-4`, `bytes=5-` or the suffix `bytes=-5` (RFC 9110, section 14.1.2).
 * Undefined where there is none, several, or one that is no valid range: RFC 9110 has those answered with the whole.
 */
export const rangeOf = (header: string | null, sizeBytes: number): ByteRange | undefined => {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') return { start: last === '0' ? sizeBytes : Math.max(0, sizeBytes - Number(last)) };
  if (last !== '' && Number(last) < Number(first)) return undefined;
  return { start: Number(first), ...(last === '' ? {} : { end: Number(last) }) };
};

/** Whether an `If-None-Match` header names this strong entity tag (weak comparison, RFC 9110, section 13.1.2). */
export const namesTag = (header: string | null, etag: string): boolean =>
  header?.split(',').some((each) => ['*', `"${etag}"`].includes(each.trim().replace(/^W\//, ''))) ?? false;
