import { createHash } from 'node:crypto';
import type { Key, SortRange } from '../../domain/kernel/table.ts';
import { checkedKeyPart, invalidCursor, invalidKey } from '../../domain/kernel/table-rules.ts';

/**
 * How keys become bytes whose order is the order that the ports promise. LMDB compares bytes and takes keys up to 4,026 of them
 * (`pageSize`).
 * Every key begins with a kind and the 2-byte id that a name (a table, an index, a queue) has in this store.
 */
export const kinds = {
  name: 1,
  item: 2,
  index: 3,
  expiry: 4,
  change: 5,
  checkpoint: 6,
  message: 7,
  deadLetter: 8,
  tenantDeadLetter: 9,
} as const;

const largestKey = 4000;

/** Of the store's file, in bytes: the smallest whose keys hold a partition and a sort key of the largest size. */
export const pageSize = 8192;

/** What a key with this kind and id begins with. */
export const prefixOf = (kind: number, id: number): Buffer => Buffer.from([kind, id >> 8, id & 255]);

/** Milliseconds, seconds and sequences: 6 bytes, big-endian, so that they sort as numbers. */
export const uint48 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(6);
  bytes.writeUIntBE(value, 0, 6);
  return bytes;
};

/**
 * An item's key: kind, table, the partition with its length before it (partitions need no order among themselves), then the sort key as it is.
 * Throws `Rejected` `invalid-key`.
 */
export const itemKey = (table: number, { pk, sk }: Key): Buffer => Buffer.concat([partitionHead(kinds.item, table, pk), textBytes(sk)]);

/** What the keys of one partition's items begin with. */
export const partitionHead = (kind: number, id: number, partition: string): Buffer => {
  const text = textBytes(partition);
  const head = Buffer.allocUnsafe(5 + text.length);
  head[0] = kind;
  head.writeUInt16BE(id, 1);
  head.writeUInt16BE(text.length, 3);
  text.copy(head, 5);
  return head;
};

/** The key of which `itemKey` made these bytes. */
export const parseItemKey = (bytes: Buffer): Key => {
  const sk = 5 + bytes.readUInt16BE(3);
  return { pk: bytes.toString('utf8', 5, sk), sk: bytes.toString('utf8', sk) };
};

/**
 * An index entry's key: kind, index, partition, sort attribute, then the item's own key, so that equals are ordered by it. Where all that is
 * too long, the item's key is cut and ended by its hash: still unique, and ordered as far as the cut.
 */
export const indexKey = (index: number, partition: string, sort: string, { pk, sk }: Key): Buffer => {
  const head = Buffer.concat([partitionHead(kinds.index, index, partition), escaped(textBytes(sort)), terminator]);
  const tail = Buffer.concat([escaped(textBytes(pk)), terminator, textBytes(sk)]);
  const room = largestKey - head.length;
  if (room < 64) throw invalidKey('An indexed attribute is too long.');
  return Buffer.concat([head, tail.length <= room ? tail : hashed(tail, room)]);
};

/** The half-open range of bytes, after `head`, in which a sort range's items lie. */
export type ByteSpan = { readonly low: Buffer; readonly high: Buffer };

/** Of item keys. */
export const itemSpan = (head: Buffer, range: SortRange): ByteSpan =>
  spanOf(
    head,
    range,
    (text) => Buffer.from(text),
    (to) => Buffer.concat([to, Buffer.from([0])]),
  );

/** Of index keys, whose sort attribute is escaped and terminated. */
export const indexSpan = (head: Buffer, range: SortRange): ByteSpan =>
  spanOf(
    head,
    range,
    (text) => escaped(Buffer.from(text)),
    (to) => Buffer.concat([to, Buffer.from([0, 1])]),
  );

const spanOf = (head: Buffer, range: SortRange, encode: (text: string) => Buffer, past: (to: Buffer) => Buffer): ByteSpan => {
  if ('prefix' in range) {
    const low = Buffer.concat([head, encode(range.prefix)]);
    return { low, high: successor(low) };
  }
  return {
    low: range.from === undefined ? head : Buffer.concat([head, encode(range.from)]),
    high: range.to === undefined ? successor(head) : Buffer.concat([head, past(encode(range.to))]),
  };
};

/** The first key after all that begin with `prefix`, which holds a byte other than 0xff. */
export const successor = (prefix: Buffer): Buffer => {
  let end = prefix.length;
  while (prefix[end - 1] === 0xff) end--;
  const next = Buffer.from(prefix.subarray(0, end));
  next[end - 1] = (next[end - 1] ?? 0) + 1;
  return next;
};

const terminator = Buffer.from([0, 0]);

/** A zero byte becomes 00 FF, so that the terminator 00 00 sorts before everything that goes on. */
const escaped = (text: Buffer): Buffer => {
  if (!text.includes(0)) return text;
  return Buffer.from([...text].flatMap((byte) => (byte === 0 ? [0, 0xff] : [byte])));
};

const hashed = (bytes: Buffer, room: number): Buffer =>
  Buffer.concat([bytes.subarray(0, room - 32), createHash('sha256').update(bytes).digest()]);

const textBytes = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  checkedKeyPart(text, bytes.length);
  return bytes;
};

/** Where a page ended, in a form that only the same query takes back: the rest of the key after `head`, and a digest over both. */
export const cursorAfter = (head: Buffer, key: Buffer): string =>
  Buffer.concat([digestOf(key), key.subarray(head.length)]).toString('base64url');

/** The key that a cursor stands for. Throws `Rejected` `invalid-cursor` where it is not one of this query's, `span` being the query's range. */
export const keyOfCursor = (head: Buffer, { low, high }: ByteSpan, cursor: string): Buffer => {
  const bytes = Buffer.from(cursor, 'base64url');
  const key = Buffer.concat([head, bytes.subarray(digestLength)]);
  const genuine = bytes.toString('base64url') === cursor && bytes.subarray(0, digestLength).equals(digestOf(key));
  if (!genuine || key.compare(low) < 0 || key.compare(high) >= 0) throw invalidCursor();
  return key;
};

const digestLength = 6;
const digestOf = (key: Buffer): Buffer => createHash('sha256').update(key).digest().subarray(0, digestLength);
