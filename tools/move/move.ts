import { digestOf, setDigest } from './digest.ts';
import type { Item, Movable, ObjectEntry } from './platform.ts';
import type { Journal } from './progress.ts';
import { objectStores, type Store, tables } from './stores.ts';

export type MoveOptions = { readonly from: Movable; readonly to: Movable; readonly journal: Journal; readonly say: (line: string) => void };
/** What is not the same on both sides; empty where a move is complete. */
export type Differences = readonly string[];

/** What to do about differences; where both sides were only compared, comparing them again would change nothing. */
export const unlike = (differences: Differences, comparedOnly: boolean): string => {
  const again = comparedOnly ? 'run it without --verify, which only compares' : 'run it again';
  const why = `What the target had of its own before is told as a difference too; if it had nothing, ${again}.`;
  return `Not the same on both sides: ${differences.join(', ')}. ${why}`;
};

const itemsAtOnce = 100;
/** A request's body, which a platform takes up to 1 MiB of. */
const bytesAtOnce = 1_000_000;

/** As many items at once as one request may hold. */
const requestsOf = (items: readonly Item[]): readonly (readonly Item[])[] => {
  const requests: Item[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes + size > bytesAtOnce || (requests.at(-1)?.length ?? 0) >= itemsAtOnce) {
      requests.push([]);
      bytes = 0;
    }
    requests.at(-1)?.push(item);
    bytes += size;
  }
  return requests;
};

const moveTable = async (table: Store, { from, to, journal, say }: MoveOptions): Promise<void> => {
  let [written, same, kept] = [0, 0, 0];
  for (let place = journal.place(table.name); !place.done; place = journal.place(table.name)) {
    const { data, next } = await from.items(table, place.cursor);
    for (const items of requestsOf(data)) {
      const imported = await to.putItems(table, items);
      written += imported.written;
      same += imported.same;
      kept += imported.kept.length;
    }
    journal.note(table.name, { cursor: next, done: next === null });
  }
  say(`${table.name}: ${written} items moved, ${same} were there${kept === 0 ? '' : `, ${kept} were changed there and stay`}`);
};

const moveObjects = async (store: Store, { from, to, journal, say }: MoveOptions): Promise<void> => {
  let moved = 0;
  const there = await sizes(store, to);
  for (let place = journal.place(store.name); !place.done; place = journal.place(store.name)) {
    const { data, next } = await from.objects(store, place.cursor);
    for (const object of data.filter(({ key, sizeBytes }) => there.get(key) !== sizeBytes)) {
      await to.upload(store, object, await from.download(store, object));
      moved += 1;
    }
    journal.note(store.name, { cursor: next, done: next === null });
  }
  say(`${store.name}: ${moved} objects moved`);
};

async function* allOf<T>(page: (cursor: string | null) => Promise<{ readonly data: readonly T[]; readonly next: string | null }>) {
  let cursor: string | null = null;
  do {
    const { data, next }: { readonly data: readonly T[]; readonly next: string | null } = await page(cursor);
    yield* data;
    cursor = next;
  } while (cursor !== null);
}

const sizes = async (store: Store, platform: Movable): Promise<Map<string, number>> => {
  const found = new Map<string, number>();
  for await (const { key, sizeBytes } of allOf<ObjectEntry>((cursor) => platform.objects(store, cursor))) found.set(key, sizeBytes);
  return found;
};

/** What ends by itself may have ended on one side already. */
const lasts = ({ expiresAt }: Item): boolean => expiresAt === undefined;

const tableDigest = async (table: Store, platform: Movable, periods: Set<string>): Promise<string> => {
  const digest = setDigest();
  for await (const item of allOf<Item>((cursor) => platform.items(table, cursor)))
    if (lasts(item)) {
      digest.add(item);
      const hour = /^[^#]+#usage#(\d{4}-\d{2})-/.exec(item.pk);
      if (hour !== null) periods.add(hour[1] as string);
    }
  return digest.text;
};

const storeDigest = async (store: Store, platform: Movable): Promise<string> => {
  const digest = setDigest();
  for await (const object of allOf<ObjectEntry>((cursor) => platform.objects(store, cursor)))
    digest.add({ key: object.key, sha256: await digestOf((await platform.download(store, object)).body) });
  return digest.text;
};

/** Reads all of both sides and compares digests; then has the target recompute each month's roll-ups from the facts that came. */
export const verify = async ({ from, to, say }: Omit<MoveOptions, 'journal'>): Promise<Differences> => {
  const differences: string[] = [];
  const periods = new Set<string>();
  const compare = async (name: string, digest: (platform: Movable) => Promise<string>) => {
    const [source, target] = [await digest(from), await digest(to)];
    say(`${name}: ${source === target ? `equal, ${source}` : `NOT equal: ${source} on the source, ${target} on the target`}`);
    if (source !== target) differences.push(name);
  };
  for (const table of tables) await compare(table.name, (platform) => tableDigest(table, platform, periods));
  for (const store of objectStores) await compare(store.name, (platform) => storeDigest(store, platform));
  for (const period of [...periods].sort())
    if (!(await to.agrees(period))) {
      say(`the usage of ${period}: what is billed from does NOT agree with the facts`);
      differences.push(`usage of ${period}`);
    } else say(`the usage of ${period}: what is billed from agrees with the facts`);
  return differences;
};

/** Copies all that lasts; what an earlier, interrupted move has copied is not asked for again. */
export const move = async (options: MoveOptions): Promise<Differences> => {
  // Artifacts first: nobody shall find a version whose bytes are not there yet.
  for (const store of objectStores) await moveObjects(store, options);
  for (const table of tables) await moveTable(table, options);
  // All is copied: whoever moves again looks at all of it again.
  options.journal.forget();
  options.say('Verifying:');
  return verify(options);
};
