import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { link, mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../domain/kernel/clock.ts';
import { isObjectKey } from '../../domain/kernel/object-rules.ts';
import type { ObjectInfo } from '../../domain/kernel/object-store.ts';
import { errorCode, orAbsent, sync, writeDurably } from './durable-files.ts';
import { entryName } from './object-keys.ts';
import { serialized } from './serialized.ts';

/** Content on its way into the store: nobody sees it before it is published. */
export type Draft = { readonly key: string; readonly etag: string; readonly path: string };

/** A content that is garbage unless its key's entry names it. */
type Mark = { readonly key: string; readonly content: string };

/**
 * The files of an object store. `entries/` holds per key what an `ObjectInfo` says; `content/` the bytes, in a file named by the etag and never
 * changed, so that entry and content cannot disagree; `pending/` a mark for each change under way. One process owns the folder; others may read.
 */
export const objectFiles = (folder: string, clock: Clock) => {
  const [entries, content, pending] = [join(folder, 'entries'), join(folder, 'content'), join(folder, 'pending')];
  for (const each of [entries, content, pending]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const exclusively = serialized();

  const entryPath = (key: string): string => join(entries, entryName(key));
  const contentPath = (etag: string): string => join(content, etag);
  const markPath = (etag: string): string => join(pending, etag);
  const draftEntryPath = (etag: string): string => join(pending, `${etag}.entry`);
  const mark = (etag: string, value: Mark): Promise<void> => writeFile(markPath(etag), JSON.stringify(value), { mode: 0o600 });

  const readAt = async (path: string): Promise<ObjectInfo | undefined> => {
    const text = await orAbsent(readFile(path, 'utf8'));
    return text === undefined ? undefined : (JSON.parse(text) as ObjectInfo);
  };

  const read = async (key: string): Promise<ObjectInfo | undefined> => (isObjectKey(key) ? readAt(entryPath(key)) : undefined);

  const readNow = (key: string): ObjectInfo | undefined => {
    try {
      return isObjectKey(key) ? (JSON.parse(readFileSync(entryPath(key), 'utf8')) as ObjectInfo) : undefined;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      return undefined;
    }
  };

  const dropUnlessLive = ({ key, content: etag }: Mark): void => {
    if (readNow(key)?.etag !== etag) rmSync(contentPath(etag), { force: true });
  };

  /** Ends a change, finished or not: what it wrote or replaced goes, unless the entry says that it lives. */
  const settle = (etag: string): void => {
    const marked = markOf(markPath(etag));
    if (marked !== undefined) dropUnlessLive(marked);
    rmSync(draftEntryPath(etag), { force: true });
    rmSync(markPath(etag), { force: true });
  };

  /** Runs a change after which `previous` is no longer what its key names, and then removes its content; so does the next start after a crash. */
  const discarding = async <T>(previous: ObjectInfo, change: () => Promise<T>): Promise<T> => {
    const id = randomUUID();
    // A full disk has no room for the mark, and is the last place where deleting should fail: without it a crash could only leave garbage.
    await mark(id, { key: previous.key, content: previous.etag }).catch(() => undefined);
    try {
      return await change();
    } finally {
      dropUnlessLive({ key: previous.key, content: previous.etag });
      rmSync(markPath(id), { force: true });
    }
  };

  const sweep = (): void => {
    const names = readdirSync(pending);
    for (const name of names) if (!name.includes('.')) settle(name);
    for (const name of names) rmSync(join(pending, name), { force: true });
  };
  sweep();

  const begin = async (key: string): Promise<Draft> => {
    const etag = randomUUID();
    await mark(etag, { key, content: etag }).catch((error: unknown) => {
      rmSync(markPath(etag), { force: true });
      throw error;
    });
    return { key, etag, path: contentPath(etag) };
  };

  /** Gives a draft to fill and publish; what of it was not published is gone afterwards. */
  const drafting = async <T>(key: string, fill: (draft: Draft) => Promise<T>): Promise<T> => {
    const draft = await begin(key);
    try {
      return await fill(draft);
    } finally {
      settle(draft.etag);
    }
  };

  const foldersOf = (key: string): readonly string[] => {
    const names = entryName(key).split('/').slice(0, -1);
    return [entries, ...names.map((_, index) => join(entries, ...names.slice(0, index + 1)))];
  };

  /** link(2) fails where the name is taken, which rename(2) does not: that decides between parallel writers. */
  const place = async (draft: Draft, exclusive: boolean): Promise<boolean> => {
    const target = entryPath(draft.key);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      await (exclusive ? link(draftEntryPath(draft.etag), target) : rename(draftEntryPath(draft.etag), target));
    } catch (error) {
      if (exclusive && errorCode(error) === 'EEXIST') return false;
      throw error;
    }
    for (const each of foldersOf(draft.key)) await sync(each);
    return true;
  };

  /** Makes a written draft the object of its key; undefined only where it had to be new (`exclusive`) and was not. */
  const publish = (
    draft: Draft,
    { contentType, exclusive }: { contentType: string; exclusive: boolean },
  ): Promise<ObjectInfo | undefined> =>
    exclusively(draft.key, async () => {
      const { size } = await stat(draft.path);
      const info = { key: draft.key, sizeBytes: size, etag: draft.etag, contentType, modifiedAt: clock.now().toISOString() };
      const previous = await read(draft.key);
      if (previous !== undefined && exclusive) return undefined;
      await writeDurably(draftEntryPath(draft.etag), JSON.stringify(info));
      await sync(content);
      const placing = () => place(draft, exclusive);
      return (await (previous === undefined ? placing() : discarding(previous, placing))) ? info : undefined;
    });

  const remove = (key: string): Promise<void> =>
    exclusively(key, async () => {
      const info = await read(key);
      if (info === undefined) return;
      await discarding(info, async () => {
        await unlink(entryPath(key));
        await sync(dirname(entryPath(key)));
      });
    });

  return { entries, pending, contentPath, read, readAt, readNow, drafting, publish, remove };
};

export type ObjectFiles = ReturnType<typeof objectFiles>;

// A mark that a crash cut short proves nothing, and so removes nothing.
const markOf = (path: string): Mark | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Mark;
  } catch {
    return undefined;
  }
};
