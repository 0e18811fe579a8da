import { link, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import {
  bytesOf,
  defaultContentType,
  invalidObjectKey,
  isObjectKey,
  objectExists,
  objectNotFound,
  objectTooLarge,
  pageLimit,
  rangeNotSatisfiable,
} from '../../domain/kernel/object-rules.ts';
import type { ObjectInfo, ObjectStore } from '../../domain/kernel/object-store.ts';
import { copyDurably, errorCode, orAbsent, orStorageFull, writeDurably } from './durable-files.ts';
import { multipart } from './multipart.ts';
import { fileBody, selected } from './object-body.ts';
import { type ObjectFiles, objectFiles } from './object-files.ts';
import { byteText } from './object-keys.ts';
import { afterCursor, cursorAfter, entriesAfter } from './object-list.ts';
import { presigned } from './presign.ts';

/**
 * `folder` belongs to one process. `name` is what presigned URLs call the store (the folder's name unless given), `baseUrl` where the platform
 * is reached, asked at each presigning, since a port may be known only later.
 */
export type LocalObjectStoreOptions = {
  readonly folder: string;
  readonly name?: string;
  readonly baseUrl: () => string;
  readonly signingKey: Buffer;
  readonly clock: Clock;
};

/** `pathOf` gives the file with an object's bytes, for a runtime that loads by path; it may vanish when the object is replaced or deleted. */
export type LocalObjectStore = ObjectStore & { pathOf(key: string): string | undefined };

/** An `ObjectStore` on files. */
export const localObjectStore = ({
  folder,
  name = basename(folder),
  baseUrl,
  signingKey,
  clock,
}: LocalObjectStoreOptions): LocalObjectStore => {
  const files = objectFiles(folder, clock);

  return {
    ...multipart(folder, files, clock),

    async put(key, body, { contentType = defaultContentType, ifNoneMatch, maxBytes = Number.POSITIVE_INFINITY } = {}) {
      if (!isObjectKey(key)) return invalidObjectKey();
      const exclusive = ifNoneMatch === '*';
      if (exclusive && (await files.read(key)) !== undefined) return objectExists(key);
      const refusal = objectTooLarge(maxBytes);
      const over = new Rejected(refusal);
      const filled = files.drafting(key, async (draft) => {
        await writeDurably(draft.path, bytesOf(body, { maxBytes, tooLarge: over }));
        return (await files.publish(draft, { contentType, exclusive })) ?? objectExists(key);
      });
      return orStorageFull(() => filled).catch((error: unknown) => {
        if (error === over) return refusal;
        throw error;
      });
    },

    async get(key, range) {
      const opened = await openLatest(files, key);
      if (opened === undefined) return undefined;
      const { info, handle } = opened;
      const part = selected(info.sizeBytes, range);
      if (part !== undefined) return { info, body: fileBody(handle, part.start, part.length) };
      await handle.close();
      return rangeNotSatisfiable(info);
    },

    head: files.read,

    async copy(from, to, options = {}) {
      if (!isObjectKey(to)) return invalidObjectKey();
      const filled = files.drafting(to, async (draft) => {
        const source = await linkLatest(files, from, draft.path);
        if (source === undefined) return objectNotFound(from);
        return (
          (await files.publish(draft, { contentType: source.contentType, exclusive: options.ifNoneMatch === '*' })) ?? objectExists(to)
        );
      });
      return orStorageFull(() => filled);
    },

    delete: files.remove,

    async list(prefix, page = {}) {
      const [limit, items] = [pageLimit(page.limit), [] as ObjectInfo[]];
      for await (const path of entriesAfter(files.entries, byteText(prefix), afterCursor(page.cursor))) {
        const last = items.at(-1);
        if (last !== undefined && items.length === limit) return { items, next: cursorAfter(last.key) };
        const info = await files.readAt(path);
        if (info !== undefined) items.push(info);
      }
      return { items, next: null };
    },

    presign: async (method, key, expiresInSeconds) =>
      presigned({ method, store: name, key }, { baseUrl: baseUrl(), now: clock.now(), expiresInSeconds, signingKey }),

    pathOf(key) {
      const info = files.readNow(key);
      return info === undefined ? undefined : files.contentPath(info.etag);
    },
  };
};

/** Does something with the content that a key names. Where it was replaced between the reading of the entry and that, the newer one's turn comes. */
const withLatest = async <T>(files: ObjectFiles, key: string, use: (info: ObjectInfo) => Promise<T>): Promise<T | undefined> => {
  let missing: string | undefined;
  for (;;) {
    const info = await files.read(key);
    if (info === undefined) return undefined;
    if (info.etag === missing)
      throw new Rejected(failed('unavailable', 'object-damaged', `The file of the object ${JSON.stringify(key)} is missing.`));
    const used = await orAbsent(use(info));
    if (used !== undefined) return used;
    missing = info.etag;
  }
};

const openLatest = (files: ObjectFiles, key: string) =>
  withLatest(files, key, async (info) => ({ info, handle: await open(files.contentPath(info.etag), 'r') }));

// Contents never change, so two objects may share one; a file system without hard links (or at their limit) gets a copy.
const linkLatest = (files: ObjectFiles, from: string, to: string): Promise<ObjectInfo | undefined> =>
  withLatest(files, from, async (info) => {
    const source = files.contentPath(info.etag);
    await link(source, to).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') throw error;
      return copyDurably(source, to);
    });
    return info;
  });
