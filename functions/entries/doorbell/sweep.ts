import type { Draining } from './drain.ts';
import { drainAll } from './drain-all.ts';

const watermark = '~sweep';

/**
 * How far back a sweep looks behind its watermark: clocks of a cloud's servers and functions differ, and a change is seen some time after the moment
 * that it bears.
 */
const marginMillis = 120_000;

/**
 * Drains every partition of a table that has changed since the last sweep: what no bell rang for, and what a drain failed at. The watermark goes on
 * only where every drain succeeded, so that the next sweep comes to those that did not. Throws what the first drain failed with, once all are tried.
 */
export const sweep = async (draining: Draining, table: string): Promise<void> => {
  const { doorbell, clock } = draining;
  const known = await doorbell.progress.get(table, watermark);
  const since = known === undefined ? new Date(0) : new Date(Date.parse(known.sequence) - marginMillis);
  const started = clock.now();
  const failure = await drainAll(draining, table, doorbell.changedSince(table, since));
  if (failure !== undefined) throw failure.error;
  await doorbell.progress.put(table, watermark, started.toISOString(), known?.tag);
};
