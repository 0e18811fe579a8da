import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../domain/kernel/table.ts';
import { idOf } from './table-ids.ts';
import { fromStored, isTombstone, tableItems, tombstone } from './table-items.ts';
import { ordered, unordered } from './table-text.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc
    .array(fc.constantFrom('\ud6ff', '\ud700', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}', 'a', '\u0000'), { maxLength: 5 })
    .map((all) => all.join('')),
);
const byBytes = (one: string, other: string): number => Math.sign(Buffer.compare(Buffer.from(one), Buffer.from(other)));
const byUnits = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

describe('ordered texts', () => {
  it('are read back', () =>
    fc.assert(
      fc.property(text, (one) => {
        expect(unordered(ordered(one))).toBe(one);
      }),
    ));
  it('have by bytes and by units of UTF-16 the order that the texts have by bytes', () =>
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(byBytes(ordered(one), ordered(other))).toBe(byBytes(one, other));
        expect(byUnits(ordered(one), ordered(other))).toBe(byBytes(one, other));
      }),
      { numRuns: 2000 },
    ));
  it('begin with what their prefix becomes', () =>
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(ordered(one + other).startsWith(ordered(one))).toBe(true);
      }),
    ));
  it('are what they were, where they are plain', () => expect(ordered('acme#models/ä 日本')).toBe('acme#models/ä 日本'));
});

describe('ids', () => {
  it('are safe in a URL, short enough, and hold nothing that Cosmos DB refuses', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 1024 }), (sk) => {
        expect(idOf(sk)).toMatch(/^[\w:@=,;+$&!*()~-]{1,1023}$/);
      }),
    ));
  it('differ where keys differ', () => {
    const keys = [
      'a',
      'A',
      'a/b',
      'a~2fb',
      'a\\b',
      'a?b',
      'a#b',
      '.',
      '..',
      'a ',
      'a',
      '~',
      '~~',
      'é',
      'e\u0301',
      'x'.repeat(1024),
      `${'x'.repeat(1023)}y`,
    ];
    expect(new Set(keys.map(idOf)).size).toBe(new Set(keys).size);
  });
  it('are the keys themselves, where those are plain', () => expect(idOf('version:0000000001')).toBe('version:0000000001'));
});

describe('documents', () => {
  const { toStored } = tableItems({ indexes: { byColour: { partition: 'colour', sort: 'size' } } });
  const now = new Date('2026-11-01T12:00:00.500Z');
  const key = { pk: 'acme#a', sk: 'a/b' };

  it('live from their last write for as long as the item has to, and a little longer', () => {
    const seconds = Math.floor(now.getTime() / 1000);
    expect(toStored({ ...key, expiresAt: seconds + 100 }, now).ttl).toBe(130);
    expect(toStored({ ...key, expiresAt: seconds - 1000 }, now).ttl).toBe(1);
    expect(toStored({ ...key, expiresAt: 2 ** 32 - 1 }, now).ttl).toBe(2 ** 31 - 1);
    expect(toStored(key, now)).not.toHaveProperty('ttl');
  });
  it('hold an item’s own id and ttl apart from theirs', () => {
    const item = { ...key, id: 'mine', ttl: 5, _ts: 1, $write: 'x' };
    const stored = toStored(item, now, 'write-1');
    expect(stored).toMatchObject({ id: 'a~2fb', $write: 'write-1' });
    expect(stored).not.toHaveProperty('ttl');
    expect(fromStored({ ...stored, _etag: '"1"', _rid: 'r' })).toStrictEqual(item);
  });
  it('are read without knowing what the table declares', () => {
    const item: Item = { pk: 'acme#😀', sk: '\uffff', colour: '😀', size: '1', other: '😀' };
    expect(fromStored(toStored(item, now))).toStrictEqual(item);
    expect(toStored(item, now)).toMatchObject({ other: '😀', colour: ordered('😀') });
  });
  it('that stand for what was deleted are in no index, and have ended', () => {
    const stone = tombstone({ pk: 'acme#😀', sk: 'a' });
    expect(isTombstone(stone)).toBe(true);
    expect(stone).toMatchObject({ id: 'a', pk: ordered('acme#😀'), expiresAt: 0, ttl: 86_400 });
    expect(fromStored(stone)).toMatchObject({ pk: 'acme#😀', sk: 'a' });
  });
});
