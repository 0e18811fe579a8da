import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../domain/kernel/clock.ts';
import { type Failure, isFailure, orReject } from '../../domain/kernel/failure.ts';
import {
  bytesOf,
  defaultContentType,
  invalidObjectKey,
  invalidPart,
  invalidPartNumber,
  isObjectKey,
  isPartNumber,
  minPartBytes,
  partTooSmall,
  refusedParts,
  uploadNotFound,
} from '../../domain/kernel/object-rules.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { orAbsent, orStorageFull, sync, writeDurably } from './durable-files.ts';
import { fileBody } from './object-body.ts';
import type { ObjectFiles } from './object-files.ts';
import { serialized } from './serialized.ts';

const keptMillis = 7 * 24 * 3600 * 1000;
const uploadIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Upload = { readonly key: string; readonly contentType: string };
type Part = Parameters<ObjectStore['completeMultipart']>[1][number];
type PartFile = { readonly part: number; readonly path: string; readonly sizeBytes: number };
type Multipart = Pick<ObjectStore, 'startMultipart' | 'putPart' | 'completeMultipart' | 'abortMultipart'>;

const prefixOf = (part: number): string => `${String(part).padStart(5, '0')}-`;

/** Multipart uploads: a folder for each, with a file `<number>-<etag>` for each part. One that nobody completed within seven days goes at the next start. */
export const multipart = (folder: string, files: ObjectFiles, clock: Clock): Multipart => {
  const uploads = join(folder, 'uploads');
  mkdirSync(uploads, { recursive: true, mode: 0o700 });
  sweep(uploads, clock);
  const exclusively = serialized();
  const folderOf = (uploadId: string): string => join(uploads, uploadId);

  const read = async (uploadId: string): Promise<Upload | undefined> => {
    const text = uploadIdPattern.test(uploadId) ? await orAbsent(readFile(join(folderOf(uploadId), 'upload.json'), 'utf8')) : undefined;
    return text === undefined ? undefined : (JSON.parse(text) as Upload);
  };

  const replacePart = async (
    uploadId: string,
    part: number,
    etag: string,
    written: string,
  ): Promise<undefined | Failure<'upload-not-found'>> => {
    const at = folderOf(uploadId);
    const names = await orAbsent(readdir(at));
    if (names === undefined) return uploadNotFound();
    await rename(written, join(at, `${prefixOf(part)}${etag}`));
    for (const name of names) if (name.startsWith(prefixOf(part))) await rm(join(at, name));
    await sync(at);
    return undefined;
  };

  const partFile = async (uploadId: string, { part, etag }: Part): Promise<PartFile | Failure<'invalid-part'>> => {
    const path = join(folderOf(uploadId), `${prefixOf(part)}${etag}`);
    const found = isPartNumber(part) && uploadIdPattern.test(etag) ? await orAbsent(stat(path)) : undefined;
    return found === undefined ? invalidPart(`Part ${part} was not uploaded, or has another etag.`) : { part, path, sizeBytes: found.size };
  };

  const partFiles = async (uploadId: string, parts: readonly Part[]): Promise<readonly PartFile[] | Failure<'invalid-part'>> => {
    const refused = refusedParts(parts);
    if (refused) return refused;
    const found: PartFile[] = [];
    for (const each of [...parts].sort((a, b) => a.part - b.part)) {
      const file = await partFile(uploadId, each);
      if (isFailure(file)) return file;
      found.push(file);
    }
    const small = found.slice(0, -1).find(({ sizeBytes }) => sizeBytes < minPartBytes);
    return small === undefined ? found : partTooSmall(small.part);
  };

  const publish = (upload: Upload, parts: readonly PartFile[]) =>
    files.drafting(upload.key, async (draft) => {
      await joined(parts, draft.path);
      return files.publish(draft, { contentType: upload.contentType, exclusive: false });
    });

  return {
    async startMultipart(key, options = {}) {
      if (!isObjectKey(key)) return orReject<string>(invalidObjectKey());
      const uploadId = randomUUID();
      return orStorageFull(async () => {
        await mkdir(folderOf(uploadId), { mode: 0o700 });
        await writeDurably(
          join(folderOf(uploadId), 'upload.json'),
          JSON.stringify({ key, contentType: options.contentType ?? defaultContentType }),
        );
        await sync(folderOf(uploadId));
        await sync(uploads);
        return uploadId;
      });
    },

    async putPart(uploadId, part, body) {
      if (!isPartNumber(part)) return invalidPartNumber();
      if ((await read(uploadId)) === undefined) return uploadNotFound();
      const etag = randomUUID();
      const written = join(files.pending, `${etag}.part`);
      try {
        await orStorageFull(() => writeDurably(written, bytesOf(body)));
        return (await exclusively(uploadId, () => replacePart(uploadId, part, etag, written))) ?? { etag };
      } finally {
        await rm(written, { force: true });
      }
    },

    completeMultipart: (uploadId, parts) =>
      exclusively(uploadId, async () => {
        const upload = await read(uploadId);
        if (upload === undefined) return uploadNotFound();
        const found = await partFiles(uploadId, parts);
        if (isFailure(found)) return found;
        const info = await orStorageFull(() => publish(upload, found as readonly PartFile[]));
        await rm(folderOf(uploadId), { recursive: true, force: true });
        return info ?? uploadNotFound();
      }),

    async abortMultipart(uploadId) {
      if (!uploadIdPattern.test(uploadId)) return;
      await exclusively(uploadId, () => rm(folderOf(uploadId), { recursive: true, force: true }));
    },
  };
};

/** The first part is copied by the kernel (shared blocks where the file system can), the others are appended. */
const joined = async ([first, ...rest]: readonly PartFile[], path: string): Promise<void> => {
  if (first !== undefined) await copyFile(first.path, path);
  const target = await open(path, 'a');
  try {
    for (const { path: source, sizeBytes } of rest) await writeFile(target, fileBody(await open(source), 0, sizeBytes));
    await target.sync();
  } finally {
    await target.close();
  }
};

const sweep = (uploads: string, clock: Clock): void => {
  const oldest = clock.now().getTime() - keptMillis;
  for (const name of readdirSync(uploads)) {
    if (statSync(join(uploads, name)).mtimeMs < oldest) rmSync(join(uploads, name), { recursive: true });
  }
};
