import { describe, expect, it } from 'vitest';
import { parseUsagePartition, tableMeter, type UsageFact, usagePartition, usageShards } from './meter.ts';
import type { Condition, Item, Table } from './table.ts';
import type { TenantId } from './tenancy.ts';

const clock = { now: () => new Date('2026-11-30T23:59:59.999Z') };
const fact = (id: string): UsageFact => ({ id, tenant: 'acme' as TenantId, endpoint: 'digits', requests: 1, rows: 3, computeMicros: 250 });

/** Notes what is put, and can do nothing else. */
const notingTable = () => {
  const puts: { readonly item: Item; readonly condition: Condition | undefined }[] = [];
  const table: Pick<Table, 'put'> = {
    put: async (item, condition) => {
      puts.push({ item, condition });
      return { written: true };
    },
  };
  return { table: table as Table, puts };
};

describe('the meter on a table', () => {
  it('puts one fact with all its meters, once by its id, in its tenant’s hour', async () => {
    const { table, puts } = notingTable();
    await tableMeter(table, clock).record(fact('01J00000000000000000000001'));
    expect(puts).toHaveLength(1);
    expect(puts[0]?.condition).toBe('absent');
    const { pk, ...item } = puts[0]?.item ?? { pk: '' };
    expect(pk).toMatch(/^acme#usage#2026-11-30T23#[0-3]$/);
    expect(item).toEqual({ sk: '01J00000000000000000000001', endpoint: 'digits', requests: 1, rows: 3, computeMicros: 250 });
  });
  it('spreads facts over every shard, and a fact always to the same one', async () => {
    const { table, puts } = notingTable();
    const meter = tableMeter(table, clock);
    const ids = Array.from(
      { length: 200 },
      (_, n) => `01J${'0'.repeat(17)}${'0123456789ABCDEFGHJKMNPQRSTVWXYZ'[n % 32]}${String(n).padStart(5, '0')}`,
    );
    for (const id of [...ids, ...ids]) await meter.record(fact(id));
    const shards = puts.map(({ item }) => parseUsagePartition(item.pk)?.shard);
    expect(new Set(shards).size).toBe(usageShards);
    expect(shards.slice(0, 200)).toEqual(shards.slice(200));
  });
});

describe('a usage partition', () => {
  it('gives back what it was made of', () => {
    expect(parseUsagePartition(usagePartition('acme', '2026-11-30T23', 2))).toEqual({ tenant: 'acme', hour: '2026-11-30T23', shard: '2' });
  });
  it('is told from other partitions', () => {
    for (const other of ['', 'acme#usage', 'acme#rollup#2026-11-30T23#2', 'acme#usage#2026-11-30T23#2#x'])
      expect(parseUsagePartition(other)).toBeUndefined();
  });
});
