import type { Clock } from './clock.ts';
import type { Key, SortRange, Table } from './table.ts';
import type { TenantId } from './tenancy.ts';

/** What one billed request used; all meters in one fact. `id` is the request's, unique. */
export type UsageFact = {
  readonly id: string;
  readonly tenant: TenantId;
  readonly endpoint: string;
  readonly requests: number;
  readonly rows: number;
  readonly computeMicros: number;
};

/** Records a fact durably, once by id, before the answer that it bills for is sent. */
export type Meter = { record(fact: UsageFact): Promise<void> };

/** Facts of a tenant and hour are spread over this many partitions. */
export const usageShards = 4;

// The last characters of an id count within its millisecond; one before them is the same for what is recorded together, so that facts that share
// a commit share a partition, and with it the pages to write.
const shardOf = (id: string): number => id.charCodeAt(Math.max(0, id.length - 6)) % usageShards;

/** The partition of a fact: `<tenant>#usage#<yyyy-mm-ddThh>#<shard>`, the hour in UTC. */
export const usagePartition = (tenant: string, hour: string, shard: number): string => `${tenant}#usage#${hour}#${shard}`;

export const parseUsagePartition = (pk: string): { tenant: string; hour: string; shard: string } | undefined => {
  const parts = pk.split('#');
  return parts.length === 4 && parts[1] === 'usage'
    ? { tenant: parts[0] as string, hour: parts[2] as string, shard: parts[3] as string }
    : undefined;
};

/**
 * A fact's sort key is an id, which begins with a letter or a digit. What sorts behind that in a partition of usage is no fact: a cloud puts marks
 * there to learn how far its change stream was read.
 */
const afterFacts = '~';
/** All facts of a partition, and nothing else. */
export const factsOnly: SortRange = { to: afterFacts };
export const isFact = ({ sk }: Key): boolean => sk < afterFacts;

const hourMillis = 3_600_000;

/** `yyyy-mm-ddThh` in UTC; made once an hour, for every request asks. */
const hours = (): ((moment: Date) => string) => {
  let known = Number.NaN;
  let text = '';
  return (moment) => {
    const hour = Math.floor(moment.getTime() / hourMillis);
    if (hour !== known) text = moment.toISOString().slice(0, 13);
    known = hour;
    return text;
  };
};

export const tableMeter = (usage: Pick<Table, 'put'>, clock: Clock): Meter => {
  const hourOf = hours();
  return {
    async record({ id, tenant, endpoint, requests, rows, computeMicros }) {
      const pk = usagePartition(tenant, hourOf(clock.now()), shardOf(id));
      await usage.put({ pk, sk: id, endpoint, requests, rows, computeMicros }, 'absent');
    },
  };
};
