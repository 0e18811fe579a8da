import type { Clock } from '../../domain/kernel/clock.ts';
import { Rejected } from '../../domain/kernel/failure.ts';
import {
  bytesOf,
  checkGrant,
  defaultContentType,
  invalidCursor,
  invalidObjectKey,
  isObjectKey,
  objectExists,
  objectNotFound,
  objectTooLarge,
  pageLimit,
  presignedPutSize,
  rangeNotSatisfiable,
} from '../../domain/kernel/object-rules.ts';
import type { ObjectInfo, ObjectStore } from '../../domain/kernel/object-store.ts';
import { blocksOf } from '../cloud/blocks-of.ts';
import type { GcpClient } from './client.ts';
import { hasStatus } from './errors.ts';
import { storageMultipart } from './object-store-multipart.ts';
import { blockBytes, type Condition, putBlocks, unlessTaken } from './object-store-put.ts';
import { iamSigner, type Signer, signedUrl } from './signed-urls.ts';
import {
  escaped,
  infoIn,
  infoOf,
  isOfKey,
  nameOfKey,
  objectPath,
  type StorageBucket,
  type StoredObject,
  storageBucket,
} from './storage-bucket.ts';

export type CloudStorageOptions = { readonly client: GcpClient; readonly bucket: string; readonly clock: Clock; readonly signer?: Signer };

/** The `ObjectStore` port on a bucket of Cloud Storage. Of what is put at most 16 MiB are held at a time. Etags are generations. */
export const cloudObjectStore = ({ client, bucket: bucketName, clock, signer = iamSigner(client) }: CloudStorageOptions): ObjectStore => {
  const bucket = storageBucket(client, bucketName);
  const nameOf = (key: string): string | undefined => (isObjectKey(key) ? nameOfKey(key) : undefined);
  const head = async (key: string): Promise<ObjectInfo | undefined> => {
    const name = nameOf(key);
    return name === undefined ? undefined : headOf(bucket, name);
  };

  return {
    ...storageMultipart(bucket),

    async put(key, body, { contentType = defaultContentType, ifNoneMatch, maxBytes = Number.POSITIVE_INFINITY } = {}) {
      const name = nameOf(key);
      if (name === undefined) return invalidObjectKey();
      const refusal = objectTooLarge(maxBytes);
      const tooLarge = new Rejected(refusal);
      try {
        const blocks = blocksOf(bytesOf(body, { maxBytes, tooLarge }), blockBytes);
        return await putBlocks(bucket, { name, contentType, onlyIfAbsent: ifNoneMatch === '*' }, blocks);
      } catch (error) {
        if (error === tooLarge) return refusal;
        throw error;
      }
    },

    async get(key, range) {
      const name = nameOf(key);
      if (name === undefined) return undefined;
      const refused = async () => {
        const info = await headOf(bucket, name);
        return info === undefined ? undefined : rangeNotSatisfiable(info);
      };
      if (range !== undefined && !(range.start >= 0 && range.start <= (range.end ?? range.start))) return refused();
      try {
        const response = await bucket.download(name, range === undefined ? {} : { range: `bytes=${range.start}-${range.end ?? ''}` });
        return { info: infoIn(key, response.headers), body: response.body ?? new Blob().stream() };
      } catch (error) {
        if (hasStatus(error, 404)) return undefined;
        if (hasStatus(error, 416)) return refused();
        throw error;
      }
    },

    head,

    async copy(from, to, { ifNoneMatch } = {}) {
      const [fromName, toName] = [nameOf(from), nameOf(to)];
      if (toName === undefined) return invalidObjectKey();
      const source = fromName === undefined ? undefined : await headOf(bucket, fromName);
      if (source === undefined || fromName === undefined) return objectNotFound(from);
      if (from === to) return ifNoneMatch === '*' ? objectExists(to) : source;
      try {
        return await unlessTaken(bucket, toName, ifNoneMatch === '*', (condition) => rewrite(bucket, fromName, toName, source, condition));
      } catch (error) {
        if (hasStatus(error, 404)) return objectNotFound(from);
        throw error;
      }
    },

    async delete(key) {
      const name = nameOf(key);
      if (name === undefined) return;
      await bucket.remove(name).catch((error: unknown) => {
        if (!hasStatus(error, 404)) throw error;
      });
    },

    async list(prefix, page = {}) {
      const limit = pageLimit(page.limit);
      const after = page.cursor === undefined ? undefined : nameOfCursor(page.cursor);
      const found: StoredObject[] = [];
      for (let pageToken: string | undefined, isMore = true; isMore && found.length <= limit; isMore = pageToken !== undefined) {
        // From the last name on, which the cursor's page had; one more than asked for tells whether there is a next page.
        const maxResults = Math.min(1000, limit + 2);
        const listed = await bucket.list({ prefix: escaped(prefix), maxResults, startOffset: after, pageToken });
        found.push(...(listed.items ?? []).filter(({ name }) => name !== after && isOfKey(name)));
        pageToken = listed.nextPageToken;
      }
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(infoOf).map(({ key, sizeBytes, etag, modifiedAt }) => ({ key, sizeBytes, etag, modifiedAt })),
        next: found.length > limit && last !== undefined ? cursorAfter(last.name) : null,
      };
    },

    async presign(method, key, expiresInSeconds) {
      checkGrant(key, expiresInSeconds);
      const name = nameOf(key);
      if (name === undefined) throw new Rejected(invalidObjectKey());
      return signedUrl(client, signer, {
        method,
        bucket: bucketName,
        name,
        expiresInSeconds: Math.ceil(expiresInSeconds),
        at: clock.now(),
        ...(method === 'PUT' ? { headers: presignedPutSize } : {}),
      });
    },
  };
};

const headOf = async (bucket: StorageBucket, name: string): Promise<ObjectInfo | undefined> => {
  try {
    return infoOf(await bucket.object(name));
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
};

type Rewritten = { readonly done: boolean; readonly rewriteToken?: string; readonly resource?: StoredObject };

/** The service copies a large object in steps. */
const rewrite = async (
  bucket: StorageBucket,
  from: string,
  to: string,
  { contentType }: ObjectInfo,
  { ifGenerationMatch, metadata }: Condition,
): Promise<ObjectInfo> => {
  const path = `${objectPath(from)}/rewriteTo/b/${encodeURIComponent(bucket.name)}${objectPath(to)}`;
  for (let rewriteToken: string | undefined; ; ) {
    const json = { contentType, ...(metadata && { metadata }) };
    const step: Rewritten = await bucket.call('RewriteObject', 'POST', { path, parameters: { ifGenerationMatch, rewriteToken }, json });
    if (step.resource !== undefined) return infoOf(step.resource);
    rewriteToken = step.rewriteToken;
  }
};

/** A cursor is the last name of its page: it holds although that object was deleted meanwhile. */
const cursorAfter = (name: string): string => Buffer.from(name).toString('base64url');
const nameOfCursor = (cursor: string): string => {
  const name = Buffer.from(cursor, 'base64url').toString();
  if (!isOfKey(name) || cursorAfter(name) !== cursor) throw invalidCursor();
  return name;
};
