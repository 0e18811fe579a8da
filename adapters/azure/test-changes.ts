import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeHandler } from '../../domain/kernel/table.ts';
import type { CosmosDoorbell } from './change-stream.ts';

export type Consumer = { stop(): Promise<void>; idle(): Promise<void> };

const pollMillis = 10;

/** Delivers a table's changes as the functions do that hear the doorbell: partition by partition, each batch again until it is handled. */
export const drainer = (doorbell: CosmosDoorbell, table: string) => ({
  /** Goes on where a consumer of that name was. */
  subscribe(consumer: string, handler: ChangeHandler, { batchSize = 100 } = {}): Consumer {
    /** Handles what a partition has; false where that is nothing more. */
    const drain = async (partition: string): Promise<boolean> => {
      const of = `${consumer} ${partition}`;
      const known = await doorbell.progress.get(table, of);
      const changes = await doorbell.changesAfter(table, partition, known?.sequence, batchSize);
      const last = changes.at(-1);
      if (last === undefined) return false;
      await handler(changes);
      return doorbell.progress.put(table, of, last.sequence, known?.tag);
    };
    let stopped = false;
    let rounds = 0;
    const waiting = new Set<() => void>();

    const round = async (): Promise<void> => {
      let found = false;
      const partitions = new Set<string>();
      for await (const partition of doorbell.changedSince(table, new Date(0))) partitions.add(partition);
      for (const partition of partitions) found = (await drain(partition).catch(() => true)) || found;
      rounds = found ? 0 : rounds + 1;
      // One whole round that began after it was asked for, and found nothing.
      if (rounds < 2) return;
      for (const resolve of waiting) resolve();
      waiting.clear();
    };
    const work = async (): Promise<void> => {
      while (!stopped) {
        await round();
        await sleep(pollMillis);
      }
    };
    const ended = work();
    return {
      stop: () => {
        stopped = true;
        return ended;
      },
      idle: () => {
        rounds = 0;
        return new Promise((resolve) => waiting.add(resolve));
      },
    };
  },
});
