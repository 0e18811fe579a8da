import { type Failure, failed, isFailure } from '../kernel/failure.ts';
import type { SortRange, Table } from '../kernel/table.ts';
import { addCounts, type MeterName, meterNames, noUsage, type Quantities, quantitiesOf, type Totals } from './meters.ts';
import { nextPeriod, type Period, periodEnd, periodOf, periodsBetween } from './period.ts';
import { type Rollup, rollupOf, rollupPartition } from './rollup.ts';

export type Granularity = 'hour' | 'day';
export type UsageQuery = {
  readonly tenant: string;
  readonly from: Date;
  readonly to: Date;
  readonly granularity: Granularity;
  readonly limit: number;
  readonly cursor?: string;
};

/** One meter's use in [`from`, `to`), RFC 3339; what was not used has no row. */
export type UsageRow = {
  readonly tenantId: string;
  readonly meter: MeterName;
  readonly from: string;
  readonly to: string;
  readonly value: string;
};
export type UsagePage = { readonly data: readonly UsageRow[]; readonly next: string | null };
export type UsageFailure = Failure<'invalid-usage-range' | 'invalid-cursor'>;

const hourMillis = 3_600_000;
const widths = { hour: hourMillis, day: 24 * hourMillis } as const;
const maxDays = 400;

/** A month's roll-ups of a tenant by hour and shard, a page at a time. */
export async function* rollupsOf(rollups: Table, tenant: string, period: Period, range: SortRange = {}): AsyncGenerator<Rollup> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Table['query']>> = await rollups.query(rollupPartition(tenant, period), range, {
      limit: 1000,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const item of page.items) yield rollupOf(item);
    cursor = page.next;
  } while (cursor !== null);
}

/** What a tenant has used in a month so far. */
export const monthlyUsage = async (rollups: Table, tenant: string, period: Period): Promise<Quantities> => {
  let totals = noUsage;
  for await (const rollup of rollupsOf(rollups, tenant, period)) totals = addCounts(totals, rollup);
  return quantitiesOf(totals);
};

const floor = (at: Date, width: number): Date => new Date(Math.floor(at.getTime() / width) * width);
const ceiling = (at: Date, width: number): Date => new Date(Math.ceil(at.getTime() / width) * width);
const hourText = (at: Date): string => at.toISOString().slice(0, 13);
const timeText = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

/** A page ends with a row; the next begins behind it. */
type Position = { readonly from: string; readonly meter: number };
const cursorOf = ({ from, meter }: UsageRow): string => `${from}.${meterNames.indexOf(meter)}`;
const positionOf = (cursor: string): Position | Failure<'invalid-cursor'> => {
  const [, from, meter] = /^(\d{4}-\d\d-\d\dT\d\d:00:00Z)\.(\d)$/.exec(cursor) ?? [];
  if (from === undefined || Number.isNaN(Date.parse(from)))
    return failed('invalid', 'invalid-cursor', 'The cursor is not one that a page before this one gave.');
  return { from, meter: Number(meter) };
};

type Bucket = { readonly from: Date; readonly totals: Totals };

async function* bucketsOf(rollups: Table, tenant: string, from: Date, to: Date, width: number): AsyncGenerator<Bucket> {
  let bucket: Bucket | undefined;
  const last = periodOf(new Date(to.getTime() - 1));
  for (const period of periodsBetween(periodOf(from), nextPeriod(last))) {
    // A roll-up's key is longer than its hour, so that the inclusive upper bound leaves the hour `to` out.
    for await (const rollup of rollupsOf(rollups, tenant, period, { from: hourText(from), to: hourText(to) })) {
      const start = floor(new Date(`${rollup.hour}:00:00Z`), width);
      if (bucket !== undefined && bucket.from.getTime() !== start.getTime()) {
        yield bucket;
        bucket = undefined;
      }
      bucket = { from: start, totals: addCounts(bucket?.totals ?? noUsage, rollup) };
    }
  }
  if (bucket !== undefined) yield bucket;
}

const rowsOf = (tenant: string, { from, totals }: Bucket, width: number): UsageRow[] => {
  const quantities = quantitiesOf(totals);
  const span = { from: timeText(from), to: timeText(new Date(from.getTime() + width)) };
  return meterNames
    .filter((meter) => quantities[meter] !== '0')
    .map((meter) => ({ tenantId: tenant, meter, ...span, value: quantities[meter] }));
};

const isBehind = (row: UsageRow, position: Position | undefined): boolean =>
  position === undefined || row.from > position.from || (row.from === position.from && meterNames.indexOf(row.meter) > position.meter);

const refuseRange = ({ from, to }: UsageQuery): UsageFailure | undefined => {
  if (from >= to) return failed('invalid', 'invalid-usage-range', '"from" must be before "to".');
  if (to.getTime() - from.getTime() <= maxDays * widths.day) return undefined;
  return failed('invalid', 'invalid-usage-range', `"from" and "to" may be at most ${maxDays} days apart.`);
};

/** Usage in hours or days that [`from`, `to`) touches, oldest first; a day or hour that it cuts is there whole. */
export const queryUsage = async (rollups: Table, query: UsageQuery): Promise<UsagePage | UsageFailure> => {
  const refused = refuseRange(query);
  if (refused !== undefined) return refused;
  const position = query.cursor === undefined ? undefined : positionOf(query.cursor);
  if (isFailure(position)) return position;
  const width = widths[query.granularity];
  const from = floor(position === undefined ? query.from : new Date(position.from), width);
  return takePage(bucketsOf(rollups, query.tenant, from, ceiling(query.to, width), width), query, position, width);
};

const takePage = async (
  buckets: AsyncIterable<Bucket>,
  { tenant, limit }: UsageQuery,
  position: Position | undefined,
  width: number,
): Promise<UsagePage> => {
  const data: UsageRow[] = [];
  for await (const bucket of buckets) {
    for (const row of rowsOf(tenant, bucket, width)) {
      if (!isBehind(row, position)) continue;
      const last = data.at(-1);
      if (data.length === limit && last !== undefined) return { data, next: cursorOf(last) };
      data.push(row);
    }
  }
  return { data, next: null };
};

/** What is asked for where nothing else is said: the running month so far. */
export const defaultRange = (now: Date): { readonly from: Date; readonly to: Date } => ({
  from: new Date(`${periodOf(now)}-01T00:00:00Z`),
  to: now,
});

/** The hours of a period that have begun, `yyyy-mm-ddThh`. */
export const hoursOf = (period: Period, now: Date): readonly string[] => {
  const end = Math.min(periodEnd(period).getTime(), now.getTime() + 1);
  const hours: string[] = [];
  for (let at = Date.parse(`${period}-01T00:00:00Z`); at < end; at += hourMillis) hours.push(hourText(new Date(at)));
  return hours;
};
