import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const Progress = z.object({
  from: z.string(),
  to: z.string(),
  /** Where each store's copy is: the cursor of the page that comes next, or that there is none. */
  stores: z.record(z.string(), z.object({ cursor: z.string().nullable(), done: z.boolean() })),
});
type Progress = z.output<typeof Progress>;
export type Place = Progress['stores'][string];

/** How far a move has come, kept in a file, so that one that was interrupted goes on where it was. */
export type Journal = {
  readonly file: string;
  place(store: string): Place;
  note(store: string, place: Place): void;
  /** The move is complete: the next one begins anew. */
  forget(): void;
};

const start: Place = { cursor: null, done: false };

const read = (file: string, fresh: Progress): Progress => {
  try {
    return Progress.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return fresh;
  }
};

export const journalOf = (folder: string, from: string, to: string): Journal => {
  const name = createHash('sha256').update(`${from}\n${to}`).digest('hex').slice(0, 16);
  const file = join(folder, `${name}.json`);
  const fresh: Progress = { from, to, stores: {} };
  let progress = read(file, fresh);
  const save = (changed: Progress): void => {
    progress = changed;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(progress, null, 2));
    renameSync(`${file}.new`, file);
  };
  return {
    file,
    place: (store) => progress.stores[store] ?? start,
    note: (store, place) => save({ ...progress, stores: { ...progress.stores, [store]: place } }),
    forget: () => save(fresh),
  };
};
