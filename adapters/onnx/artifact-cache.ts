import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, isFailure, Rejected } from '../../domain/kernel/failure.ts';
import { sha256OfKey } from '../../domain/kernel/object-rules.ts';
import type { ObjectBody, ObjectStore } from '../../domain/kernel/object-store.ts';
import type { ArtifactFile } from './serving-host.ts';

export type ArtifactCacheOptions = {
  readonly store: Pick<ObjectStore, 'get'>;
  /** A process has one of its own; what lies there whole of a process before it, or of one beside it, is used. */
  readonly folder: string;
  /** How many bytes are kept; unless told, four fifths of what is free where the folder is, and of what lies there already. */
  readonly maxBytes?: number;
};

export type ArtifactCache = {
  /** An artifact as a file: at once where it is here, else when it has come. */
  file(key: string): ArtifactFile | undefined | Promise<ArtifactFile | undefined>;
};

type Kept = { readonly path: string; readonly sizeBytes: number; holders: number };

/** A file is named by its key, whatever characters that has. A key's content never changes: artifacts lie under their digest. */
const nameOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const fileName = /^[0-9a-f]{64}$/;

/**
 * Artifacts of an object store as files. The least recently used ones go where room is needed; those that somebody reads stay, also past the bound.
 * Who asks for one that is on its way waits for the same download, and a file is never seen half written.
 */
export const artifactCache = ({ store, folder, maxBytes }: ArtifactCacheOptions): ArtifactCache => {
  const coming = new Map<string, Promise<Kept | undefined>>();
  let comingBytes = 0;
  let opened: { readonly kept: Map<string, Kept>; readonly bound: number } | undefined;

  const files = () => {
    opened ??= openFolder(folder, maxBytes);
    return opened;
  };

  const hold = (name: string, file: Kept): ArtifactFile => {
    const { kept } = files();
    kept.delete(name);
    kept.set(name, file);
    file.holders++;
    let held = true;
    const release = (): void => {
      if (held) file.holders--;
      held = false;
    };
    return { path: file.path, release };
  };

  const makeRoom = (bytes: number): void => {
    const { kept, bound } = files();
    let excess = comingBytes + bytes - bound;
    for (const { sizeBytes } of kept.values()) excess += sizeBytes;
    for (const [name, { path, sizeBytes, holders }] of kept) {
      if (excess <= 0) return;
      if (holders > 0) continue;
      kept.delete(name);
      rmSync(path, { force: true });
      excess -= sizeBytes;
    }
  };

  const download = async (key: string, name: string): Promise<Kept | undefined> => {
    const object = await store.get(key);
    if (object === undefined || isFailure(object)) return undefined;
    const { sizeBytes } = object.info;
    if (sizeBytes > files().bound) {
      await object.body.cancel();
      throw new Rejected(
        failed('too-large', 'artifact-too-large', `The artifact has ${sizeBytes} bytes; there is room for ${files().bound} here.`),
      );
    }
    makeRoom(sizeBytes);
    comingBytes += sizeBytes;
    try {
      const path = join(folder, name);
      await write(object.body, path, { key, sizeBytes });
      const file = { path, sizeBytes, holders: 0 };
      files().kept.set(name, file);
      return file;
    } finally {
      comingBytes -= sizeBytes;
    }
  };

  return {
    file(key) {
      const name = nameOf(key);
      const here = files().kept.get(name);
      if (here !== undefined) return hold(name, here);
      const downloading = coming.get(name) ?? download(key, name).finally(() => coming.delete(name));
      coming.set(name, downloading);
      return downloading.then((file) => (file === undefined ? undefined : hold(name, file)));
    },
  };
};

/** Nothing is on its way for so long: a call that waits for a download ends before. */
const abandonedAfterMillis = 30 * 60_000;

/** What lies there whole, oldest first; what was being written when a process ended goes, unless another process may be writing it still. */
const openFolder = (folder: string, maxBytes: number | undefined) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found: (Kept & { readonly name: string; readonly at: number })[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) continue;
    const { size, mtimeMs } = status;
    if (fileName.test(name)) found.push({ name, path, sizeBytes: size, holders: 0, at: mtimeMs });
    else if (Date.now() - mtimeMs > abandonedAfterMillis) rmSync(path, { force: true });
  }
  found.sort((a, b) => a.at - b.at);
  const { bavail, bsize } = statfsSync(folder);
  const used = found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    kept: new Map(found.map((file): [string, Kept] => [file.name, file])),
    bound: maxBytes ?? Math.floor(0.8 * (bavail * bsize + used)),
  };
};

type Expected = { readonly key: string; readonly sizeBytes: number };

const write = async (body: ObjectBody, path: string, expected: Expected): Promise<void> => {
  const half = `${path}.${randomUUID()}`;
  try {
    const hash = createHash('sha256');
    const file = await open(half, 'wx', 0o600);
    try {
      for await (const chunk of body) {
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      checkWhole((await file.stat()).size, hash.digest('hex'), expected);
    } finally {
      await file.close();
    }
    renameSync(half, path);
  } finally {
    await rm(half, { force: true });
  }
};

/** The key of an artifact ends with its digest; other keys promise nothing but their size. */
const checkWhole = (size: number, digest: string, { key, sizeBytes }: Expected): void => {
  const promised = sha256OfKey(key) ?? digest;
  if (size !== sizeBytes || promised !== digest)
    throw new Rejected(failed('unavailable', 'artifact-damaged', 'What came of the artifact is not what was stored; try again later.'));
};
