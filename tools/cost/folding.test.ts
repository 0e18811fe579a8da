import { describe, expect, it } from 'vitest';
import { monthSeconds } from './assumptions.ts';
import { foldingOf } from './folding.ts';
import { resource } from './test-graph.ts';

const mapping = (maximumBatchingWindowInSeconds: number, batchSize = 1000) =>
  resource('mapping', 'usage', { maximumBatchingWindowInSeconds, batchSize });
const traffic = (aSecond: number, tenants = 1) => ({ name: 'test', predictionsAMonth: aSecond * monthSeconds, tenants });

describe('folding', () => {
  it('takes one fact at a time where they come far apart', () => {
    const { recordsABatch, foldsAFact } = foldingOf(mapping(0), traffic(0.001));
    expect(recordsABatch).toBeCloseTo(1, 3);
    expect(foldsAFact).toBeCloseTo(1, 3);
  });

  it('gathers what comes to a shard within the window', () => {
    expect(foldingOf(mapping(10), traffic(4)).recordsABatch).toBeCloseTo(11, 6);
  });

  it('gathers no more than a batch may hold', () => {
    expect(foldingOf(mapping(10, 5), traffic(4)).recordsABatch).toBe(5);
  });

  it('makes a fold for each tenant in a batch, but none without a fact', () => {
    expect(foldingOf(mapping(10), traffic(4, 1)).foldsAFact).toBeCloseTo(1 / 11, 6);
    expect(foldingOf(mapping(10), traffic(4, 2)).foldsAFact).toBeCloseTo((2 * (1 - 0.5 ** 11)) / 11, 6);
    expect(foldingOf(mapping(10), traffic(4, 1_000_000)).foldsAFact).toBeCloseTo(1, 4);
  });
});
