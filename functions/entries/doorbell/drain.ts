import type { Change, ChangeHandler } from '../../../domain/kernel/table.ts';
import type { Log } from '../../kernel/log.ts';
import type { Cloud } from '../cloud.ts';
import { firstUnhandled } from '../in-order.ts';
import type { Doorbell, Reading } from './doorbell.ts';
import { failedTooOften, putAside } from './failing.ts';

/** What a drain works with: the cloud's bell, where it puts aside what cannot be handled, and who consumes a table's changes. */
export type Draining = {
  readonly doorbell: Doorbell;
  readonly objects: Cloud['objects'];
  readonly clock: Cloud['clock'];
  readonly log: Log;
  readonly consumers: ReadonlyMap<string, ChangeHandler>;
};

const batchSize = 100;

/**
 * Hands a partition's changes after its progress to the table's consumers, in order, and records the progress; goes on until there are none left.
 * Throws what the first failed with that could not be handled: all before it are behind the progress then, and whoever rang comes again. One that
 * failed ten drains in a row by itself is put aside and passed, so that those behind it are handled.
 */
export const drain = async (draining: Draining, table: string, partition: string): Promise<void> => {
  const consume = draining.consumers.get(table);
  if (consume === undefined) return;
  const place = { table, partition, read: draining.doorbell.reading(table, partition) };
  while (await drainBatch(draining, consume, place));
};

export type Place = { readonly table: string; readonly partition: string };

/** False where nothing was left. */
const drainBatch = async (draining: Draining, consume: ChangeHandler, place: Place & { readonly read: Reading }): Promise<boolean> => {
  const { table, partition, read } = place;
  const { progress } = draining.doorbell;
  const known = await progress.get(table, partition);
  const changes = await read(known?.sequence, batchSize);
  if (changes.length === 0) return false;
  const { at, error } = await firstUnhandled(changes, consume);
  const stuck = changes[at];
  const aside = stuck !== undefined && (await givesUp(draining, place, stuck, error));
  const passed = stuck === undefined ? changes.at(-1) : changes[aside ? at : at - 1];
  // Where another drain was faster, the next batch begins where that one is.
  if (passed !== undefined) await progress.put(table, partition, passed.sequence, known?.tag);
  if (stuck !== undefined && !aside) throw error;
  return true;
};

/** Counts a failure; where it is the last that is borne, the change is put aside before its partition goes on without it. */
const givesUp = async (draining: Draining, place: Place, stuck: Change, error: unknown): Promise<boolean> => {
  const fields = { table: place.table, sequence: stuck.sequence };
  if (!(await failedTooOften(draining.doorbell.progress, place, stuck, error))) {
    draining.log.error('a change could not be handled and comes again', error, fields);
    return false;
  }
  await putAside(draining, place, stuck, error);
  draining.log.error('a change could not be handled and is put aside', error, fields);
  return true;
};
