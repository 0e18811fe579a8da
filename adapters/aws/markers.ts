import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Change, Item, Key, Table } from '../../domain/kernel/table.ts';

/**
 * A table's change stream keeps the order of a partition and tells nobody how far its consumers are. So whoever has to know writes a marker behind
 * all that he waits for; who consumes the stream deletes it once everything before it was handled. It sorts behind ids (`factsOnly`), expires
 * where nobody consumes, and is no change to any consumer.
 */
const head = '~settled#';
/** Much longer than anybody waits: one that has expired must not look acknowledged. */
const keptSeconds = 3600;

export const markerItem = (pk: string, id: string, now: Date): Item => ({
  pk,
  sk: `${head}${id}`,
  expiresAt: Math.floor(now.getTime() / 1000) + keptSeconds,
});

export const isMarker = ({ key }: Pick<Change, 'key'>): boolean => key.sk.startsWith(head);

/** Says that all consumers have handled what came before these markers. The removal of one is a change too, and nothing to acknowledge. */
export const acknowledge = async (table: Pick<Table, 'delete'>, markers: readonly Change[]): Promise<void> => {
  await Promise.all(markers.filter(({ item }) => item !== undefined).map(({ key }) => table.delete(key)));
};

export type AwaitMarkersOptions = {
  readonly clock: Clock;
  readonly id: string;
  /** How long to wait altogether, from when the last marker was written; 20 s unless told. */
  readonly waitMillis?: number;
};

/** As many as one `batchGet` asks for. */
const atOnce = 100;
const firstPollMillis = 25;
const longestPollMillis = 500;

/**
 * Resolves when everything written to these partitions before has been handled. Throws `Rejected` `changes-not-settled` (kind `unavailable`) where
 * that takes too long; what it has written then goes by itself.
 */
export const awaitMarkers = async (
  table: Pick<Table, 'put' | 'batchGet'>,
  partitions: AsyncIterable<string> | Iterable<string>,
  { clock, id, waitMillis = 20_000 }: AwaitMarkersOptions,
): Promise<void> => {
  const open: Key[] = [];
  const mark = async (keys: readonly Item[]): Promise<void> => {
    await Promise.all(keys.map((item) => table.put(item)));
    open.push(...keys.map(({ pk, sk }) => ({ pk, sk })));
  };
  let batch: Item[] = [];
  for await (const pk of partitions) {
    batch.push(markerItem(pk, id, clock.now()));
    if (batch.length < atOnce) continue;
    await mark(batch);
    batch = [];
  }
  await mark(batch);
  await gone(table, open, performance.now() + waitMillis);
};

/** Polls the markers, a batch after the other: each is waited for, so the order does not matter. */
const gone = async (table: Pick<Table, 'batchGet'>, open: readonly Key[], deadline: number): Promise<void> => {
  for (let first = 0; first < open.length; first += atOnce) {
    const keys = open.slice(first, first + atOnce);
    for (let poll = firstPollMillis; (await table.batchGet(keys)).length > 0; poll = Math.min(longestPollMillis, poll * 2)) {
      if (performance.now() > deadline)
        throw new Rejected(failed('unavailable', 'changes-not-settled', 'What was written before is not processed yet; try again later.'));
      await sleep(poll);
    }
  }
};
