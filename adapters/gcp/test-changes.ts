import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeHandler } from '../../domain/kernel/table.ts';
import type { firestoreDoorbell } from './change-stream.ts';

type Doorbell = Pick<ReturnType<typeof firestoreDoorbell>, 'changesAfter' | 'progress'> & {
  readonly changedSince: (table: string, since: Date) => AsyncIterable<string>;
};
export type Consumer = { stop(): Promise<void>; idle(): Promise<void> };

const pollMillis = 20;

/** Delivers a table's changes as the functions do that hear the doorbell: partition by partition, each batch again until it is handled. */
export const drainer = (doorbell: Doorbell, table: string) => ({
  /** Goes on where a consumer of that name was. */
  subscribe(consumer: string, handler: ChangeHandler, { batchSize = 100 } = {}): Consumer {
    const drainPartition = async (partition: string): Promise<boolean> => {
      const of = `${consumer} ${partition}`;
      const known = await doorbell.progress.get(table, of);
      const changes = await doorbell.changesAfter(table, partition, known?.sequence, batchSize);
      const last = changes.at(-1);
      if (last === undefined) return false;
      await handler(changes);
      await doorbell.progress.put(table, of, last.sequence, known?.tag);
      return true;
    };
    /** One round over all partitions; false where there was nothing. */
    const drainAll = async (): Promise<boolean> => {
      let had = false;
      for await (const partition of doorbell.changedSince(table, new Date(0))) had = (await drainPartition(partition)) || had;
      return had;
    };
    let stopped = false;
    const idlers: (() => void)[] = [];
    const run = async (): Promise<void> => {
      while (!stopped) {
        const waiting = idlers.length;
        const had = await drainAll().catch(() => true);
        if (had) continue;
        for (const settle of idlers.splice(0, waiting)) settle();
        await sleep(pollMillis);
      }
      for (const settle of idlers) settle();
    };
    const running = run();
    return {
      async stop() {
        stopped = true;
        await running;
      },
      idle: () => new Promise((resolve) => (stopped ? resolve() : void idlers.push(resolve))),
    };
  },
});
