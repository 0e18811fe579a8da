import { isFact, parseUsagePartition } from '../kernel/meter.ts';
import type { Change, ChangeHandler, Item, Table } from '../kernel/table.ts';
import type { Counts } from './meters.ts';

/** One shard of one hour of a tenant's usage; `through` is the sequence of the last fact in it, so that no fact counts twice. */
export type Rollup = Counts & { readonly hour: string; readonly shard: string };
type Checkpoint = Counts & { readonly version: number; readonly through: string };

export const rollupPartition = (tenant: string, period: string): string => `${tenant}#rollup#${period}`;
const keyOf = (partition: FactPartition) => ({
  pk: rollupPartition(partition.tenant, partition.hour.slice(0, 7)),
  sk: `${partition.hour}#${partition.shard}`,
});

export const rollupOf = (item: Item): Rollup => {
  const separator = item.sk.indexOf('#');
  return { hour: item.sk.slice(0, separator), shard: item.sk.slice(separator + 1), ...countsOf(item) };
};

export const countsOf = (item: Item): Counts => ({
  requests: Number(item.requests),
  rows: Number(item.rows),
  computeMicros: Number(item.computeMicros),
});

type FactPartition = { readonly tenant: string; readonly hour: string; readonly shard: string };

const empty: Checkpoint = { version: 0, through: '', requests: 0, rows: 0, computeMicros: 0 };

const checkpointOf = (item: Item | undefined): Checkpoint =>
  item === undefined ? empty : { version: item.version ?? 0, through: item.through as string, ...countsOf(item) };

const add = (checkpoint: Checkpoint, changes: readonly Change[]): Checkpoint => {
  let { through, requests, rows, computeMicros } = checkpoint;
  for (const { sequence, item } of changes) {
    if (item === undefined || !isFact(item) || sequence <= through) continue;
    const counts = countsOf(item);
    requests += counts.requests;
    rows += counts.rows;
    computeMicros += counts.computeMicros;
    through = sequence;
  }
  return { version: checkpoint.version, through, requests, rows, computeMicros };
};

const byPartition = (changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> => {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = groups.get(change.key.pk);
    if (group === undefined) groups.set(change.key.pk, [change]);
    else group.push(change);
  }
  return groups;
};

const foldPartition = async (rollups: Table, partition: FactPartition, changes: readonly Change[]): Promise<void> => {
  const key = keyOf(partition);
  for (;;) {
    const before = checkpointOf(await rollups.get(key));
    const after = add(before, changes);
    if (after.through === before.through) return;
    const outcome = await rollups.put(
      { ...key, ...after, version: before.version + 1 },
      before.version === 0 ? 'absent' : { version: before.version },
    );
    if (outcome.written) return;
  }
};

/**
 * Adds the facts of a change stream to their roll-ups. Roll-up and checkpoint are one conditional put, and what the checkpoint has passed is
 * skipped: each fact counts once, however often and in whatever batches it is delivered.
 */
export const foldUsage =
  (rollups: Table): ChangeHandler =>
  async (changes) => {
    const groups = [...byPartition(changes)].flatMap(([pk, group]) => {
      const partition = parseUsagePartition(pk);
      return partition === undefined ? [] : [{ partition, group }];
    });
    await Promise.all(groups.map(({ partition, group }) => foldPartition(rollups, partition, group)));
  };
