import { randomUUID } from 'node:crypto';
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
  rangeNotSatisfiable,
} from '../../domain/kernel/object-rules.ts';
import type { ObjectInfo, ObjectStore } from '../../domain/kernel/object-store.ts';
import { blocksOf } from '../cloud/blocks-of.ts';
import { type Backoff, retrying, usualBackoff } from '../cloud/retry.ts';
import { elements, textOf } from '../cloud/xml.ts';
import type { AwsClient } from './client.ts';
import { isAwsError } from './errors.ts';
import { s3Multipart } from './object-store-multipart.ts';
import { ownOrTaken, partBytes, putBlocks, writeHeaders } from './object-store-put.ts';
import { isConflict, isMissing, type S3Bucket, s3Bucket } from './s3-bucket.ts';
import { infoOf, momentOf, objectPath, unquoted } from './s3-requests.ts';

export type S3ObjectStoreOptions = { readonly client: AwsClient; readonly bucket: string; readonly backoff?: Backoff };

/**
 * The `ObjectStore` port on a bucket of S3. Of what is put at most 32 MiB are held at a time. A role without leave to list the bucket is told of
 * a missing key that it is not allowed (403): that throws. S3 copies up to 5 GiB; larger objects throw `AwsError`.
 */
export const s3ObjectStore = ({ client, bucket: name, backoff = usualBackoff }: S3ObjectStoreOptions): ObjectStore => {
  const bucket = s3Bucket(client, name, backoff);
  const head = (key: string): Promise<ObjectInfo | undefined> => (isObjectKey(key) ? headOf(bucket, key) : Promise.resolve(undefined));

  return {
    ...s3Multipart(bucket),

    async put(key, body, { contentType = defaultContentType, ifNoneMatch, maxBytes = Number.POSITIVE_INFINITY } = {}) {
      if (!isObjectKey(key)) return invalidObjectKey();
      const refusal = objectTooLarge(maxBytes);
      const tooLarge = new Rejected(refusal);
      const target = { key, contentType, onlyIfAbsent: ifNoneMatch === '*' };
      try {
        return await putBlocks(bucket, target, blocksOf(bytesOf(body, { maxBytes, tooLarge }), partBytes), backoff);
      } catch (error) {
        if (error === tooLarge) return refusal;
        throw error;
      }
    },

    async get(key, range) {
      if (!isObjectKey(key)) return undefined;
      if (range !== undefined && !(range.start >= 0 && range.start <= (range.end ?? range.start))) {
        const info = await head(key);
        return info === undefined ? undefined : rangeNotSatisfiable(info);
      }
      const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.end ?? ''}` };
      try {
        const response = await bucket.send('GetObject', 'GET', { key, headers });
        return { info: infoOf(key, response.headers), body: response.body ?? new Blob().stream() };
      } catch (error) {
        if (isMissing(error)) return undefined;
        if (!isAwsError(error, 'InvalidRange')) throw error;
        return rangeNotSatisfiable({ sizeBytes: Number(textOf(error.details.body ?? '', 'ActualObjectSize')) });
      }
    },

    head,

    async copy(from, to, { ifNoneMatch } = {}) {
      if (!isObjectKey(to)) return invalidObjectKey();
      const source = await head(from);
      if (source === undefined) return objectNotFound(from);
      // S3 copies nothing onto itself.
      if (from === to) return ifNoneMatch === '*' ? objectExists(to) : source;
      const target = { key: to, contentType: source.contentType, onlyIfAbsent: ifNoneMatch === '*' };
      const write = randomUUID();
      // What shows who wrote it would else be the source's.
      const own = target.onlyIfAbsent ? { ...writeHeaders(target, write), 'x-amz-metadata-directive': 'REPLACE' } : {};
      const headers = { 'x-amz-copy-source': objectPath(name, from), ...own };
      try {
        const xml = await retrying(
          () => bucket.sendForXml('CopyObject', 'PUT', { key: to, headers }),
          (error) => (isConflict(error) ? 0 : false),
          backoff,
        );
        return { ...source, key: to, etag: unquoted(textOf(xml, 'ETag') ?? ''), modifiedAt: momentOf(textOf(xml, 'LastModified')) };
      } catch (error) {
        if (isMissing(error)) return objectNotFound(from);
        return ownOrTaken(bucket, target, write, error);
      }
    },

    async delete(key) {
      if (isObjectKey(key)) await bucket.sendFor('DeleteObject', 'DELETE', { key });
    },

    async list(prefix, page = {}) {
      const parameters = {
        'list-type': 2,
        // Names may hold what XML cannot.
        'encoding-type': 'url',
        'max-keys': pageLimit(page.limit),
        prefix,
        ...(page.cursor === undefined ? {} : { 'start-after': keyOfCursor(page.cursor) }),
      };
      const xml = await bucket.sendForXml('ListObjectsV2', 'GET', { parameters });
      const items = elements(xml, 'Contents').map(listed);
      const last = items.at(-1);
      return { items, next: textOf(xml, 'IsTruncated') === 'true' && last !== undefined ? cursorAfter(last.key) : null };
    },

    async presign(method, key, expiresInSeconds) {
      checkGrant(key, expiresInSeconds);
      return bucket.presign(method, key, Math.ceil(expiresInSeconds));
    },
  };
};

const headOf = async (bucket: S3Bucket, key: string): Promise<ObjectInfo | undefined> => {
  try {
    return infoOf(key, await bucket.sendFor('HeadObject', 'HEAD', { key }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

const listed = (xml: string) => ({
  key: decodeURIComponent((textOf(xml, 'Key') ?? '').replaceAll('+', ' ')),
  sizeBytes: Number(textOf(xml, 'Size')),
  etag: unquoted(textOf(xml, 'ETag') ?? ''),
  modifiedAt: momentOf(textOf(xml, 'LastModified')),
});

/** A cursor is the last key of its page: it holds although that key was deleted meanwhile. */
const cursorAfter = (key: string): string => Buffer.from(key).toString('base64url');
const keyOfCursor = (cursor: string): string => {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (!isObjectKey(key) || cursorAfter(key) !== cursor) throw invalidCursor();
  return key;
};
