import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { usagePartition, usageShards } from '../kernel/meter.ts';
import type { Change, Table } from '../kernel/table.ts';
import type { Period } from './period.ts';
import { foldUsage } from './rollup.ts';
import { monthlyUsage } from './usage.ts';

const period = '2026-11' as Period;
const fact = (tenant: string, hour: number, shard: number, number: number): Change => {
  const pk = usagePartition(tenant, `2026-11-03T0${hour}`, shard);
  const key = { pk, sk: `fact-${number}` };
  return {
    sequence: String(number).padStart(16, '0'),
    key,
    item: { ...key, endpoint: 'digits', requests: 1, rows: number, computeMicros: number * 3 },
  };
};
const facts = fc
  .array(fc.tuple(fc.constantFrom('acme', 'zeta'), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: usageShards - 1 })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((list) => list.map(([tenant, hour, shard], index) => fact(tenant, hour, shard, index + 1)));
/** Where a delivery ends, and how many changes before its beginning are delivered once more. */
const deliveries = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 12 })), { minLength: 40, maxLength: 40 });

const usageOf = async (rollups: Table) => [await monthlyUsage(rollups, 'acme', period), await monthlyUsage(rollups, 'zeta', period)];

describe('usage roll-ups', () => {
  it('come to the same however the facts are batched and delivered again', () =>
    fc.assert(
      fc.asyncProperty(facts, deliveries, async (changes, plan) => {
        const [once, again] = [inMemoryTable(), inMemoryTable()];
        await foldUsage(once)(changes);
        let done = 0;
        for (const [size, repeated] of plan) {
          await foldUsage(again)(changes.slice(Math.max(0, done - repeated), done + size));
          done = Math.min(changes.length, done + size);
        }
        expect(done).toBe(changes.length);
        expect(await usageOf(again)).toEqual(await usageOf(once));
      }),
      { numRuns: 60 },
    ));
  it('count what two folders deliver at once a single time', async () => {
    const rollups = inMemoryTable();
    const changes = [fact('acme', 1, 0, 1), fact('acme', 1, 0, 2)];
    await Promise.all([foldUsage(rollups)(changes), foldUsage(rollups)(changes)]);
    expect((await monthlyUsage(rollups, 'acme', period))['inference.requests']).toBe('2');
  });
  it('write a roll-up and its checkpoint once a batch', async () => {
    const rollups = inMemoryTable();
    await foldUsage(rollups)([fact('acme', 1, 0, 1), fact('acme', 1, 0, 2), fact('acme', 1, 0, 3)]);
    expect(rollups.changes()).toHaveLength(1);
  });
  it('leave a mark among the facts alone, and what is counted behind it stays right', async () => {
    const rollups = inMemoryTable();
    const first = fact('acme', 1, 0, 1);
    const mark = { ...first.key, sk: '~settled#1' };
    await foldUsage(rollups)([first, { sequence: '0000000000000002', key: mark, item: mark }, fact('acme', 1, 0, 3)]);
    expect((await monthlyUsage(rollups, 'acme', period))['inference.requests']).toBe('2');
  });
  it('leave what is no usage fact alone', async () => {
    const rollups = inMemoryTable();
    await foldUsage(rollups)([{ sequence: '1', key: { pk: 'acme#claim#1', sk: 'x' }, item: { pk: 'acme#claim#1', sk: 'x', requests: 1 } }]);
    expect(rollups.changes()).toEqual([]);
  });
});
