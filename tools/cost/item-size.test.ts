import { describe, expect, it } from 'vitest';
import { itemSize, readUnits, writeUnits } from './item-size.ts';

describe('the size of an item', () => {
  it('is its names and texts in UTF-8', () => {
    expect(itemSize({ pk: 'acme', sk: 'ü' })).toBe(2 + 4 + 2 + 2);
  });

  it('counts a byte for every two digits of a number and one more, one for what is true or null, and 3 for a list or map with 1 for each element', () => {
    expect(itemSize({ pk: '', sk: '', n: 1234 })).toBe(4 + 1 + 3);
    expect(itemSize({ pk: '', sk: '', n: -1200 })).toBe(4 + 1 + 3);
    expect(itemSize({ pk: '', sk: '', a: true, b: null })).toBe(4 + 4);
    expect(itemSize({ pk: '', sk: '', list: ['ab', 'c'], map: { k: 'v' } })).toBe(4 + 4 + 3 + 2 + 3 + 3 + 3 + 1 + 1 + 1);
  });

  it('makes units of 4 KB for reads and of 1 KB for writes, begun ones whole', () => {
    expect([readUnits(0), readUnits(4096), readUnits(4097)]).toEqual([1, 1, 2]);
    expect([writeUnits(1), writeUnits(1024), writeUnits(1025)]).toEqual([1, 1, 2]);
  });
});
