import type { Change } from '../../../domain/kernel/table.ts';

/**
 * A table's changes on a cloud whose trigger only says that something changed in a partition, without order or twice or never: who hears the bell
 * drains the partition, reading what changed after what was handled last. `table` is the qualified name (`models.registry`).
 */
export type Doorbell = {
  /** Begins to read a partition, from anywhere to its end. */
  readonly reading: (table: string, partition: string) => Reading;
  /** Partitions of the table with a change at or after `since`, each once or more. */
  readonly changedSince: (table: string, since: Date) => AsyncIterable<string>;
  readonly progress: Progress;
};

/**
 * The partition's changes after `sequence` (all where undefined), oldest first, at most `limit`; none where there are none left. Sequences compare as
 * strings, increase within the partition, and never appear later below one that was already returned. A cloud that found more than it was asked for
 * keeps that for when it is asked to go on, and may leave to the next reading what came since this one began.
 */
export type Reading = (sequence: string | undefined, limit: number) => Promise<readonly Change[]>;

/**
 * How far a partition has been drained. It is kept where its own write rings no bell, or rings once. `of` is a partition, or a name that begins with
 * `~`, which no partition does; then `sequence` is a text of the entries' own.
 */
export type Progress = {
  readonly get: (table: string, of: string) => Promise<{ readonly sequence: string; readonly tag: string } | undefined>;
  /** A compare-and-set: false where another was faster. `tag` is that of the `get` before, undefined where there was nothing yet. */
  readonly put: (table: string, of: string, sequence: string, tag: string | undefined) => Promise<boolean>;
};
