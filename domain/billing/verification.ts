import { factsOnly, usagePartition, usageShards } from '../kernel/meter.ts';
import type { Table } from '../kernel/table.ts';
import type { Books } from './closing.ts';
import { addCounts, type Counts, noUsage, type Quantities, quantitiesOf, type Totals } from './meters.ts';
import type { Period } from './period.ts';
import { countsOf, rollupPartition } from './rollup.ts';
import type { Metered } from './unfolded.ts';
import { hoursOf, rollupsOf } from './usage.ts';

/** A tenant's usage of a period as its facts say and as its roll-ups say, and the shards of hours in which they differ. */
export type TenantVerification = {
  readonly tenantId: string;
  readonly agrees: boolean;
  readonly facts: number;
  readonly fromFacts: Quantities;
  readonly fromRollups: Quantities;
  readonly differences: readonly string[];
};

type Recount = Counts & { readonly facts: number };
const nothing: Counts = { requests: 0, rows: 0, computeMicros: 0 };
const maxDifferences = 100;
const attempts = 5;

/** Adds up a partition's facts, a page at a time. */
const recount = async (usage: Table, partition: string): Promise<Recount> => {
  let [facts, requests, rows, computeMicros] = [0, 0, 0, 0];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Table['query']>> = await usage.query(partition, factsOnly, {
      limit: 1000,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const item of page.items) {
      const counts = countsOf(item);
      requests += counts.requests;
      rows += counts.rows;
      computeMicros += counts.computeMicros;
    }
    facts += page.items.length;
    cursor = page.next;
  } while (cursor !== null);
  return { facts, requests, rows, computeMicros };
};

const same = (left: Counts, right: Counts): boolean =>
  left.requests === right.requests && left.rows === right.rows && left.computeMicros === right.computeMicros;

export type VerificationPorts = {
  readonly usage: Table;
  readonly rollups: Table;
  readonly settled: Books['settled'];
  /** Lets whatever else the process has to do go first. */
  readonly pause: () => Promise<void>;
};

type Shard = { readonly tenant: string; readonly period: Period; readonly hour: string; readonly shard: number };
const shardKey = ({ hour, shard }: Pick<Shard, 'hour' | 'shard'>): string => `${hour}#${shard}`;

/** While an hour runs, facts come between the two readings: a difference counts only when it stays. */
const compareShard = async (
  ports: VerificationPorts,
  { tenant, period, hour, shard }: Shard,
  folded: Counts,
): Promise<{ recounted: Recount; rollup: Counts }> => {
  let rollup = folded;
  for (let attempt = 1; ; attempt++) {
    const partition = usagePartition(tenant, hour, shard);
    const recounted = await recount(ports.usage, partition);
    if (same(recounted, rollup) || attempt === attempts) return { recounted, rollup };
    await ports.settled(only(partition));
    const item = await ports.rollups.get({ pk: rollupPartition(tenant, period), sk: shardKey({ hour, shard }) });
    rollup = item === undefined ? nothing : countsOf(item);
  }
};

async function* only(partition: string): AsyncGenerator<string> {
  yield partition;
}

const shardsOf = async (rollups: Table, tenant: string, period: Period): Promise<ReadonlyMap<string, Counts>> => {
  const shards = new Map<string, Counts>();
  for await (const rollup of rollupsOf(rollups, tenant, period)) shards.set(`${rollup.hour}#${rollup.shard}`, rollup);
  return shards;
};

/** So many hours are read at once: a cloud answers each of their reads in its own time. */
const hoursAtOnce = 6;
const shardNumbers = Array.from({ length: usageShards }, (_, shard) => shard);

/**
 * Recomputes an account's period from its facts and compares it, shard by shard, with what was folded. Memory: a month's roll-ups and a page of facts
 * of each shard that is being read.
 */
export const verifyAccount = async (
  ports: VerificationPorts,
  { tenantId: tenant, openedAt }: Metered,
  period: Period,
  now: Date,
): Promise<TenantVerification> => {
  const folded = await shardsOf(ports.rollups, tenant, period);
  const hours = hoursOf(period, now).filter((hour) => openedAt === null || hour >= openedAt.slice(0, 13));
  const differences: string[] = [];
  let [facts, fromFacts, fromRollups]: [number, Totals, Totals] = [0, noUsage, noUsage];
  for (let at = 0; at < hours.length; at += hoursAtOnce) {
    await ports.pause();
    const shards = hours.slice(at, at + hoursAtOnce).flatMap((hour) => shardNumbers.map((shard) => ({ tenant, period, hour, shard })));
    const compared = await Promise.all(shards.map((shard) => compareShard(ports, shard, folded.get(shardKey(shard)) ?? nothing)));
    for (const [index, { recounted, rollup }] of compared.entries()) {
      facts += recounted.facts;
      fromFacts = addCounts(fromFacts, recounted);
      fromRollups = addCounts(fromRollups, rollup);
      if (!same(recounted, rollup) && differences.length < maxDifferences) differences.push(shardKey(shards[index] as Shard));
    }
  }
  return {
    tenantId: tenant,
    agrees: differences.length === 0,
    facts,
    fromFacts: quantitiesOf(fromFacts),
    fromRollups: quantitiesOf(fromRollups),
    differences,
  };
};
