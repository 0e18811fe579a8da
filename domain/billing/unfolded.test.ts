import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { usagePartition, usageShards } from '../kernel/meter.ts';
import { type Metered, unfoldedPartitions } from './unfolded.ts';

const now = '2026-12-01T00:30:00Z';
const world = async (...held: readonly string[]) => {
  const table = inMemoryTable();
  for (const pk of held) await table.put({ pk, sk: '01M7Z342NC3TXKWVAM4E8F4B0Y' });
  const asked: string[] = [];
  const query: typeof table.query = (pk, ...more) => {
    asked.push(pk);
    return table.query(pk, ...more);
  };
  const find = async (accounts: readonly Metered[], until?: Date) => {
    const found: string[] = [];
    for await (const pk of unfoldedPartitions({ usage: { query }, clock: { now: () => new Date(now) } }, accounts, until)) found.push(pk);
    return found;
  };
  return { asked, find, table };
};
const acme: Metered = { tenantId: 'acme', openedAt: null };

describe('partitions that may hold what is not folded', () => {
  it('are those of the last day that hold a fact', async () => {
    const recent = [usagePartition('acme', '2026-11-30T00', 3), usagePartition('acme', '2026-12-01T00', 0)];
    const { find, asked } = await world(...recent, usagePartition('acme', '2026-11-29T23', 0), usagePartition('zeta', '2026-12-01T00', 0));
    expect(await find([acme])).toEqual(recent);
    expect(asked).toHaveLength(25 * usageShards);
  });

  it('are none of what came after the time that matters', async () => {
    const { find } = await world(usagePartition('acme', '2026-11-30T23', 0), usagePartition('acme', '2026-12-01T00', 0));
    expect(await find([acme], new Date('2026-12-01T00:00:00Z'))).toEqual([usagePartition('acme', '2026-11-30T23', 0)]);
  });

  it('are not looked for before the account was opened, nor where a day has passed since', async () => {
    const { find, asked } = await world(usagePartition('acme', '2026-11-30T23', 0));
    await find([{ tenantId: 'acme', openedAt: '2026-11-30T23:59:00.000Z' }]);
    expect(asked).toHaveLength(2 * usageShards);
    expect(await find([acme], new Date('2026-11-30T00:00:00Z'))).toEqual([]);
    expect(asked).toHaveLength(2 * usageShards);
  });

  it('are not those that hold nothing but marks', async () => {
    const { find, table } = await world();
    await table.put({ pk: usagePartition('acme', '2026-12-01T00', 0), sk: '~settled#1' });
    expect(await find([acme])).toEqual([]);
  });
});
