import type { Clock } from '../kernel/clock.ts';
import { factsOnly, usagePartition, usageShards } from '../kernel/meter.ts';
import type { Table } from '../kernel/table.ts';
import type { Account } from './account.ts';

const hourMillis = 3_600_000;
/** How long a change stream keeps what was not read yet, on the target that keeps it least long (DynamoDB: a day). */
const streamHours = 24;

type Facts = { readonly usage: Pick<Table, 'query'>; readonly clock: Clock };

/** Whose usage it is, and since when there can be any; null where that is not known. */
export type Metered = Pick<Account, 'tenantId' | 'openedAt'>;

/** The hours, oldest first, that facts may be in which no roll-up counts yet: those that a change stream still reaches back to. */
const recentHours = (now: Date, since: string | null, until: Date | undefined): readonly string[] => {
  const last = Math.min(now.getTime(), (until?.getTime() ?? Number.POSITIVE_INFINITY) - 1);
  const first = Math.max(now.getTime() - streamHours * hourMillis, since === null ? 0 : Date.parse(since));
  const hours: string[] = [];
  for (let at = Math.floor(first / hourMillis) * hourMillis; at <= last; at += hourMillis)
    hours.push(new Date(at).toISOString().slice(0, 13));
  return hours;
};

/**
 * The partitions of these accounts that may hold facts (from before `until`) which are still on their way to a roll-up. What is older than a stream
 * reaches back was folded or given up, so waiting for it is in vain: 25 hours by shards are left, of which those count that hold a fact. That costs
 * 100 reads of one item an account at most (about $0.00003 on DynamoDB), and none at all for a period that ended more than a day ago.
 */
export async function* unfoldedPartitions(
  { usage, clock }: Facts,
  accounts: AsyncIterable<Metered> | Iterable<Metered>,
  until?: Date,
): AsyncGenerator<string> {
  if (recentHours(clock.now(), null, until).length === 0) return;
  for await (const { tenantId, openedAt } of accounts) {
    const hours = recentHours(clock.now(), openedAt, until);
    const partitions = hours.flatMap((hour) => Array.from({ length: usageShards }, (_, shard) => usagePartition(tenantId, hour, shard)));
    const held = await Promise.all(
      partitions.map(async (pk) => ((await usage.query(pk, factsOnly, { limit: 1 })).items.length > 0 ? [pk] : [])),
    );
    yield* held.flat();
  }
}
