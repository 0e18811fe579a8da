import type { Clock } from '../kernel/clock.ts';
import { factsOnly, usagePartition, usageShards } from '../kernel/meter.ts';
import type { Table } from '../kernel/table.ts';

const hourMillis = 3_600_000;
/** How long a change stream keeps what was not read yet, on the target that keeps it least long (DynamoDB: a day). */
const streamHours = 24;

type Facts = { readonly usage: Pick<Table, 'query'>; readonly clock: Clock };

/** The hours, oldest first, that facts may be in which no roll-up counts yet: those that a change stream still reaches back to. */
const recentHours = (now: Date, until: Date | undefined): readonly string[] => {
  const last = Math.min(now.getTime(), (until?.getTime() ?? Number.POSITIVE_INFINITY) - 1);
  const hours: string[] = [];
  for (let at = Math.floor(now.getTime() / hourMillis - streamHours) * hourMillis; at <= last; at += hourMillis)
    hours.push(new Date(at).toISOString().slice(0, 13));
  return hours;
};

/**
 * The partitions of these tenants that may hold facts (from before `until`) which are still on their way to a roll-up. What is older than a stream
 * reaches back was folded or given up, so waiting for it is in vain: 25 hours by shards are left, of which those count that hold a fact. That costs
 * 100 reads of one item a tenant (about $0.00003 on DynamoDB), and none at all for a period that ended more than a day ago.
 */
export async function* unfoldedPartitions(
  { usage, clock }: Facts,
  tenants: AsyncIterable<string> | Iterable<string>,
  until?: Date,
): AsyncGenerator<string> {
  const hours = recentHours(clock.now(), until);
  if (hours.length === 0) return;
  for await (const tenant of tenants) {
    const partitions = hours.flatMap((hour) => Array.from({ length: usageShards }, (_, shard) => usagePartition(tenant, hour, shard)));
    const held = await Promise.all(
      partitions.map(async (pk) => ((await usage.query(pk, factsOnly, { limit: 1 })).items.length > 0 ? [pk] : [])),
    );
    yield* held.flat();
  }
}
