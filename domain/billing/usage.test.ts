import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { isFailure } from '../kernel/failure.ts';
import { tableMeter } from '../kernel/meter.ts';
import type { TenantId } from '../kernel/tenancy.ts';
import { foldUsage } from './rollup.ts';
import { defaultRange, queryUsage, type UsageQuery } from './usage.ts';

const acme = 'acme' as TenantId;
const used = async () => {
  const [facts, rollups] = [inMemoryTable(), inMemoryTable()];
  let [now, number] = [new Date(0), 0];
  const meter = tableMeter(facts, { now: () => now });
  const at = async (time: string, requests: number, rows: number, computeMicros: number) => {
    now = new Date(time);
    number++;
    await meter.record({ id: `fact-${number}`, tenant: acme, endpoint: 'digits', requests, rows, computeMicros });
  };
  await at('2026-10-31T23:59:59.999Z', 1, 5, 1_000_000);
  await at('2026-11-03T10:00:00.000Z', 1, 0, 1_500_000);
  await at('2026-11-03T10:59:00.000Z', 1, 2, 2_500_000);
  await at('2026-11-03T12:00:00.000Z', 1, 1, 1);
  await foldUsage(rollups)(facts.changes());
  return (query: Partial<UsageQuery>) =>
    queryUsage(rollups, {
      tenant: acme,
      from: new Date('2026-11-01T00:00:00Z'),
      to: new Date('2026-11-04T00:00:00Z'),
      granularity: 'hour',
      limit: 100,
      ...query,
    });
};
const values = async (page: ReturnType<typeof queryUsage>) => {
  const outcome = await page;
  return isFailure(outcome)
    ? outcome.code
    : outcome.data.map(({ meter, from, value }) => `${from.slice(5, 13)} ${meter.slice(10)} ${value}`);
};

describe('usage', () => {
  it('is shown by hour and meter, without what was not used', async () => {
    const query = await used();
    expect(await values(query({}))).toEqual([
      '11-03T10 requests 2',
      '11-03T10 rows 2',
      '11-03T10 compute_seconds 4',
      '11-03T12 requests 1',
      '11-03T12 rows 1',
      '11-03T12 compute_seconds 0.000001',
    ]);
  });
  it('is shown by day, over the end of a month', async () => {
    const query = await used();
    const shown = await values(query({ granularity: 'day', from: new Date('2026-10-01T00:00:00Z') }));
    expect(shown).toEqual([
      '10-31T00 requests 1',
      '10-31T00 rows 5',
      '10-31T00 compute_seconds 1',
      '11-03T00 requests 3',
      '11-03T00 rows 3',
      '11-03T00 compute_seconds 4.000001',
    ]);
  });
  it('leaves out the hour that begins where the range ends', async () => {
    const query = await used();
    expect(await values(query({ to: new Date('2026-11-03T12:00:00Z') }))).toHaveLength(3);
  });
  it('shows an hour that the range cuts whole', async () => {
    const query = await used();
    expect(await values(query({ from: new Date('2026-11-03T10:30:00Z'), to: new Date('2026-11-03T10:31:00Z') }))).toHaveLength(3);
  });
  it('is paged without a row lost or shown twice', async () => {
    const query = await used();
    const rows: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof query>> = await query({ limit: 1, ...(cursor === null ? {} : { cursor }) });
      if (isFailure(page)) expect.unreachable(page.code);
      expect(page.data.length).toBeLessThanOrEqual(1);
      rows.push(...page.data);
      cursor = page.next;
    } while (cursor !== null);
    const all = await query({});
    expect(rows).toEqual(isFailure(all) ? all.code : all.data);
  });
  it('refuses a cursor that is none', async () => expect(await values((await used())({ cursor: 'nonsense' }))).toBe('invalid-cursor'));
  it('refuses a range that ends before it begins', async () =>
    expect(await values((await used())({ to: new Date('2026-10-01T00:00:00Z') }))).toBe('invalid-usage-range'));
  it('refuses a range longer than a year and a month', async () =>
    expect(await values((await used())({ from: new Date('2020-01-01T00:00:00Z') }))).toBe('invalid-usage-range'));
  it('is that of the running month unless told otherwise', () => {
    const now = new Date('2026-11-21T11:00:00Z');
    expect(defaultRange(now)).toEqual({ from: new Date('2026-11-01T00:00:00Z'), to: now });
  });
});
