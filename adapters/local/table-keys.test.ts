import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rejected } from '../../domain/kernel/failure.ts';
import type { Key } from '../../domain/kernel/table.ts';
import {
  cursorAfter,
  indexKey,
  indexSpan,
  itemKey,
  itemSpan,
  keyOfCursor,
  kinds,
  parseItemKey,
  partitionHead,
  successor,
  uint48,
} from './table-keys.ts';

const text = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' });
const key = fc.record({ pk: text, sk: text });
const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));
const sign = Math.sign;
/** A property must not return what an expectation returns: anything but nothing counts as its answer. */
const same = (actual: unknown, expected: unknown): void => {
  expect(actual).toEqual(expected);
};
const refused = (call: () => unknown): void => {
  expect(call).toThrow(Rejected);
};

describe('the keys of the store', () => {
  it('give back the key that they were made of', () => fc.assert(fc.property(key, (one) => same(parseItemKey(itemKey(7, one)), one))));
  it('are the same for the same key only', () =>
    fc.assert(
      fc.property(key, key, (one, other) => same(itemKey(1, one).equals(itemKey(1, other)), one.pk === other.pk && one.sk === other.sk)),
    ));
  it('sort the items of a partition by the bytes of their sort keys', () =>
    fc.assert(
      fc.property(text, text, text, (pk, one, other) =>
        same(sign(itemKey(1, { pk, sk: one }).compare(itemKey(1, { pk, sk: other }))), sign(byBytes(one, other))),
      ),
    ));
  it('keep partitions, tables and indexes apart', () =>
    fc.assert(
      fc.property(key, text, fc.integer({ min: 1, max: 65_535 }), (one, pk, table) => {
        const { low, high } = itemSpan(partitionHead(kinds.item, table, pk), {});
        const found = itemKey(5, one);
        expect(found.compare(low) >= 0 && found.compare(high) < 0).toBe(pk === one.pk && table === 5);
      }),
    ));
  it('sort index entries by the sort attribute, then by partition key, then by sort key', () =>
    fc.assert(
      fc.property(text, text, key, text, key, (partition, sort, one, otherSort, other) => {
        const expected = byBytes(sort, otherSort) || byBytes(one.pk, other.pk) || byBytes(one.sk, other.sk);
        expect(sign(indexKey(1, partition, sort, one).compare(indexKey(1, partition, otherSort, other)))).toBe(sign(expected));
      }),
    ));
  it('span exactly the index entries of a range', () =>
    fc.assert(
      fc.property(text, text, text, key, (from, to, sort, one) => {
        const { low, high } = indexSpan(partitionHead(kinds.index, 1, 'p'), { from, to });
        const entry = indexKey(1, 'p', sort, one);
        expect(entry.compare(low) >= 0 && entry.compare(high) < 0).toBe(byBytes(from, sort) <= 0 && byBytes(sort, to) <= 0);
      }),
    ));
  it('stay apart where they are so long that they are cut', () => {
    const long = 'x'.repeat(1023);
    const entries = ['a', 'b'].map(
      (last): Buffer => indexKey(1, 'p'.repeat(1024), 's'.repeat(1024), { pk: long + last, sk: long + last } satisfies Key),
    );
    expect(entries[0]?.equals(entries[1] ?? Buffer.alloc(0))).toBe(false);
    expect(entries[0]?.length).toBeLessThanOrEqual(4026);
  });
  it('have a successor that is above all that begin with them', () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.uint8Array(), (prefix, rest) => {
        const whole = Buffer.concat([Buffer.from([1]), prefix]);
        expect(successor(whole).compare(Buffer.concat([whole, rest]))).toBe(1);
      }),
    ));
  it('sort numbers as numbers', () => {
    const number = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(fc.property(number, number, (one, other) => same(sign(uint48(one).compare(uint48(other))), sign(one - other))));
  });
});

describe('a cursor', () => {
  const head = partitionHead(kinds.item, 1, 'acme#things');
  const span = itemSpan(head, {});

  it('stands for the key that it was made of', () =>
    fc.assert(
      fc.property(text, (sk) => {
        const found = itemKey(1, { pk: 'acme#things', sk });
        expect(keyOfCursor(head, span, cursorAfter(head, found)).equals(found)).toBe(true);
      }),
    ));
  it('is none where anybody has made it up', () =>
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (made) => refused(() => keyOfCursor(head, span, made)))));
  it('is none once a character of it has changed', () =>
    fc.assert(
      fc.property(text, fc.nat(), (sk, at) => {
        const cursor = cursorAfter(head, itemKey(1, { pk: 'acme#things', sk }));
        const index = at % cursor.length;
        const other = cursor[index] === 'A' ? 'B' : 'A';
        expect(() => keyOfCursor(head, span, cursor.slice(0, index) + other + cursor.slice(index + 1))).toThrow(Rejected);
      }),
    ));
});
