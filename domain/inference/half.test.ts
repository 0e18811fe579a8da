import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfFromNumber, numberFromHalf } from './half.ts';

const finiteBits = fc.integer({ min: 0, max: 0xffff }).filter((bits) => (bits & 0x7c00) !== 0x7c00);

describe('FP16', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [2 ** -24, 0x0001],
    [2 ** -14, 0x0400],
    [1 / 3, 0x3555],
  ])('writes %d as IEEE 754 does', (value, bits) => {
    expect(halfFromNumber(value)).toBe(bits);
  });
  it('rounds ties to even', () => {
    expect([2049, 2051].map((value) => numberFromHalf(halfFromNumber(value)))).toEqual([2048, 2052]);
  });
  it('rounds once, from the double', () => {
    expect(numberFromHalf(halfFromNumber(1 + 2 ** -11 + 2 ** -40))).toBe(1 + 2 ** -10);
  });
  it('becomes infinite from 65,520 on and not before', () => {
    expect([65519.999, 65520].map((value) => numberFromHalf(halfFromNumber(value)))).toEqual([65504, Number.POSITIVE_INFINITY]);
  });
  it('keeps every finite value through a round trip', () => {
    fc.assert(
      fc.property(finiteBits, (bits) => {
        expect(halfFromNumber(numberFromHalf(bits))).toBe(bits);
      }),
    );
  });
  it('takes a number to the nearest of the values around it', () => {
    fc.assert(
      fc.property(fc.double({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const bits = halfFromNumber(value);
        const distance = Math.abs(numberFromHalf(bits) - value);
        for (const neighbour of [bits - 1, bits + 1])
          if (neighbour >= 0 && (neighbour & 0x7fff) <= 0x7bff)
            expect(distance).toBeLessThanOrEqual(Math.abs(numberFromHalf(neighbour) - value));
      }),
    );
  });
});
