import { randomUUID } from 'node:crypto';
import { type Failure, orReject } from '../../domain/kernel/failure.ts';
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
import { blocksOf } from '../cloud/blocks-of.ts';
import { hasStatus } from './errors.ts';
import { blockBytes, putBlocks } from './object-store-put.ts';
import { infoOf, nameOfKey, objectPath, type StorageBucket, type StoredObject } from './storage-bucket.ts';
import { uploadWhole } from './storage-uploads.ts';

type Multipart = Pick<ObjectStore, 'startMultipart' | 'putPart' | 'completeMultipart' | 'abortMultipart'>;
type Part = { readonly part: number; readonly etag: string };

/** What an upload is for, as it is kept beside its parts. */
type Upload = { readonly name: string; readonly contentType: string };

const uploadId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** All of an upload lies under names that are nobody's keys. What nobody completes or aborts goes by the bucket's rule for `/uploads/`. */
const folderOf = (id: string): string => `/uploads/${id}/`;
const recordOf = (id: string): string => `${folderOf(id)}upload`;
const partOf = (id: string, part: number): string => `${folderOf(id)}part-${String(part).padStart(5, '0')}`;

/** Of one Compose. */
const mostSources = 32;
const atOnce = 16;

/**
 * Uploads in parts, each an object that is put; completing composes them on the service's side (https://cloud.google.com/storage/docs/composite-objects),
 * in steps where there are many, then deletes them. Each part is held to the generation that its etag names.
 */
export const storageMultipart = (bucket: StorageBucket): Multipart => {
  const find = async (id: string): Promise<Upload | undefined> => {
    if (!uploadId.test(id)) return undefined;
    try {
      return (await (await bucket.download(recordOf(id), {})).json()) as Upload;
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  };

  const allOf = async (id: string): Promise<readonly StoredObject[]> => {
    const found: StoredObject[] = [];
    for (let pageToken: string | undefined, isMore = true; isMore; isMore = pageToken !== undefined) {
      const page = await bucket.list({ prefix: folderOf(id), maxResults: 1000, pageToken });
      found.push(...(page.items ?? []));
      pageToken = page.nextPageToken;
    }
    return found;
  };

  const removeAll = async (id: string): Promise<void> => {
    // The record goes last: until then the rest is found again.
    const names = (await allOf(id)).map(({ name }) => name).filter((name) => name !== recordOf(id));
    for (let first = 0; first < names.length; first += atOnce) await Promise.all(names.slice(first, first + atOnce).map(remove));
    await remove(recordOf(id));
  };

  const remove = async (name: string): Promise<void> => {
    await bucket.remove(name).catch((error: unknown) => {
      if (!hasStatus(error, 404)) throw error;
    });
  };

  const compose = ({ name, contentType }: Upload, sources: readonly StoredObject[]): Promise<StoredObject> =>
    bucket.call('ComposeObject', 'POST', {
      path: `${objectPath(name)}/compose`,
      json: {
        destination: { contentType },
        sourceObjects: sources.map((source) => ({
          name: source.name,
          generation: source.generation,
          objectPreconditions: { ifGenerationMatch: source.generation },
        })),
      },
    });

  /** Fewer objects, each of up to `mostSources` of these, until one compose takes them all. */
  const joined = async (id: string, parts: readonly StoredObject[], level = 0): Promise<readonly StoredObject[]> => {
    if (parts.length <= mostSources) return parts;
    const groups = Array.from({ length: Math.ceil(parts.length / mostSources) }, (_, n) =>
      parts.slice(n * mostSources, (n + 1) * mostSources),
    );
    const made: StoredObject[] = [];
    for (const [n, group] of groups.entries())
      made.push(await compose({ name: `${folderOf(id)}joined-${level}-${n}`, contentType: defaultContentType }, group));
    return joined(id, made, level + 1);
  };

  return {
    async startMultipart(key, { contentType = defaultContentType } = {}) {
      const name = isObjectKey(key) ? nameOfKey(key) : undefined;
      if (name === undefined) return orReject<string>(invalidObjectKey());
      const id = randomUUID();
      const record = Buffer.from(JSON.stringify({ name, contentType } satisfies Upload));
      await uploadWhole(bucket, { name: recordOf(id), contentType: 'application/json' }, record);
      return id;
    },

    async putPart(id, part, body) {
      if (!isPartNumber(part)) return invalidPartNumber();
      if ((await find(id)) === undefined) return uploadNotFound();
      const target = { name: partOf(id, part), contentType: defaultContentType, onlyIfAbsent: false };
      const { etag } = orReject(await putBlocks(bucket, target, blocksOf(bytesOf(body), blockBytes)));
      return { etag };
    },

    async completeMultipart(id, parts) {
      const upload = await find(id);
      if (upload === undefined) return uploadNotFound();
      const sources = chosen(id, parts, await allOf(id));
      if ('failure' in sources) return sources;
      const stored = await compose(upload, await joined(id, sources));
      await removeAll(id);
      return infoOf(stored);
    },

    async abortMultipart(id) {
      if (uploadId.test(id)) await removeAll(id);
    },
  };
};

/** The named parts in their order, or why they cannot make an object. */
const chosen = (id: string, parts: readonly Part[], there: readonly StoredObject[]): readonly StoredObject[] | Failure<'invalid-part'> => {
  const refused = refusedParts(parts);
  if (refused) return refused;
  const byName = new Map(there.map((object) => [object.name, object]));
  const sources: StoredObject[] = [];
  const ordered = [...parts].sort((one, other) => one.part - other.part);
  for (const [index, { part, etag }] of ordered.entries()) {
    const source = byName.get(partOf(id, part));
    if (source === undefined || source.generation !== etag) return invalidPart(`Part ${part} was not put, or has another etag by now.`);
    if (index < ordered.length - 1 && Number(source.size) < minPartBytes) return partTooSmall(part);
    sources.push(source);
  }
  return sources;
};
