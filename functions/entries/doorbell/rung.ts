import type { BoundContext } from '../bound-context.ts';
import { consumedTables } from '../consumed-tables.ts';
import { functionsOf } from '../functions.ts';
import type { Opened } from '../opened.ts';
import type { DoorbellCloud } from './cloud.ts';
import type { Draining } from './drain.ts';
import { drainAll } from './drain-all.ts';
import { sweep } from './sweep.ts';

/** What the consumers of these contexts' tables do when they are rung for, or when it is time to look what nobody rang for. */
export type Rung = {
  /** Drains these partitions of a table; throws what the first failed with, once all are tried. */
  readonly drain: (table: string, partitions: Iterable<string>) => Promise<void>;
  /** Sweeps a table, or all of them. */
  readonly sweep: (table?: string) => Promise<void>;
  /** The tables that have consumers, by their qualified names. */
  readonly tables: readonly string[];
};

export const rungBy = (bound: readonly BoundContext[], opened: Opened<DoorbellCloud>): Rung => {
  const { cloud, log } = opened;
  const consumers = consumedTables(bound, functionsOf(bound, opened).portsFor, cloud.bus);
  const draining: Draining = { doorbell: cloud.doorbell, objects: cloud.objects, clock: cloud.clock, log, consumers };
  const tables = [...consumers.keys()];
  return {
    tables,
    drain: async (table, partitions) => {
      const failure = await drainAll(draining, table, partitions);
      if (failure !== undefined) throw failure.error;
    },
    sweep: async (only) => {
      const outcomes = await Promise.allSettled((only === undefined ? tables : [only]).map((table) => sweep(draining, table)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
  };
};
