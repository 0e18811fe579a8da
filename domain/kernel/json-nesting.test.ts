import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nestsDeeperThan } from './json-nesting.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe('the nesting of JSON', () => {
  it('is refused past the limit and not at it', () => {
    expect([64, 65].map((depth) => nestsDeeperThan(bytes('['.repeat(depth) + ']'.repeat(depth)), 64))).toEqual([false, true]);
  });
  it('does not count brackets in strings, also behind an escaped quote', () => {
    expect(nestsDeeperThan(bytes('["[[[[ \\" [[[[ \\\\", "]"]'), 2)).toBe(false);
  });
  it('is that of the parsed value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(nestsDeeperThan(bytes(JSON.stringify(value)), depthOf(value))).toBe(false);
      }),
    );
    fc.assert(
      fc.property(
        fc.jsonValue().filter((value) => depthOf(value) > 0),
        (value) => {
          expect(nestsDeeperThan(bytes(JSON.stringify(value)), depthOf(value) - 1)).toBe(true);
        },
      ),
    );
  });
});
