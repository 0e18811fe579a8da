import type { Change } from '../../../domain/kernel/table.ts';

/**
 * A table's changes on a cloud whose trigger only says that something changed in a partition, without order or twice or never: who hears the bell
 * drains the partition, reading what changed after what was handled last. `table` is the qualified name (`models.registry`).
 */
export type Doorbell = {
  /**
   * Changes of one partition after `sequence` (all where undefined), oldest first, at most `limit`; none where there are none left. Sequences compare
   * as strings, increase within the partition, and never appear later below one that was already returned. Whoever reads a partition to its end says
   * which reading it is, by an object of its own: a cloud that found more than it was asked for then need not read that again, and may leave to the
   * next reading what came since this one began.
   */
  readonly changesAfter: (
    table: string,
    partition: string,
    sequence: string | undefined,
    limit: number,
    reading?: object,
  ) => Promise<readonly Change[]>;
  /** Partitions of the table with a change at or after `since`, each once or more. */
  readonly changedSince: (table: string, since: Date) => AsyncIterable<string>;
  readonly progress: Progress;
};

/**
 * How far a partition has been drained. It is kept where its own write rings no bell, or rings once. `of` is a partition, or a name that begins with
 * `~`, which no partition does; then `sequence` is a text of the entries' own.
 */
export type Progress = {
  readonly get: (table: string, of: string) => Promise<{ readonly sequence: string; readonly tag: string } | undefined>;
  /** A compare-and-set: false where another was faster. `tag` is that of the `get` before, undefined where there was nothing yet. */
  readonly put: (table: string, of: string, sequence: string, tag: string | undefined) => Promise<boolean>;
};
