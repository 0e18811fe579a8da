import { randomUUID } from 'node:crypto';
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
  rangeNotSatisfiable,
} from '../../domain/kernel/object-rules.ts';
import type { ListedObject, ObjectInfo, ObjectStore } from '../../domain/kernel/object-store.ts';
import { blocksOf } from '../cloud/blocks-of.ts';
import { cursorAt, placeOf } from '../cloud/table-cursor.ts';
import { elements, textOf } from '../cloud/xml.ts';
import { type BlobContainer, blobContainer, infoOf, keyOf, momentOf, nameOf, unquoted } from './blob-container.ts';
import type { AzureClient } from './client.ts';
import { isAzureError } from './errors.ts';
import { copyBlob } from './object-store-copy.ts';
import { deleteBlob } from './object-store-delete.ts';
import { blobMultipart, uploadsPrefix } from './object-store-multipart.ts';
import { ownOrTaken, partBytes, putBlocks } from './object-store-put.ts';
import { sharedAccess } from './shared-access.ts';

export type BlobObjectStoreOptions = { readonly client: AzureClient; readonly containerUrl: string; readonly clock: Clock };

const isMissing = (error: unknown): boolean => isAzureError(error, 'BlobNotFound');

/**
 * The `ObjectStore` port on a container of Blob Storage, without a hierarchical namespace. Of what is put at most 32 MiB are held at a time. Of two
 * puts of more than 8 MiB to one key at once the one that ends later may fail. Whoever puts to a presigned URL has to send `presignedPutHeaders`.
 */
export const blobObjectStore = ({ client, containerUrl, clock }: BlobObjectStoreOptions): ObjectStore => {
  const container = blobContainer(client, containerUrl);
  const access = sharedAccess(client, container.url, clock);
  const head = (key: string): Promise<ObjectInfo | undefined> => (isObjectKey(key) ? headOf(container, key) : Promise.resolve(undefined));

  return {
    ...blobMultipart(container),

    async put(key, body, { contentType = defaultContentType, ifNoneMatch, maxBytes = Number.POSITIVE_INFINITY } = {}) {
      if (!isObjectKey(key)) return invalidObjectKey();
      const refusal = objectTooLarge(maxBytes);
      const tooLarge = new Rejected(refusal);
      const target = { key, contentType, onlyIfAbsent: ifNoneMatch === '*' };
      try {
        return await putBlocks(container, target, blocksOf(bytesOf(body, { maxBytes, tooLarge }), partBytes));
      } catch (error) {
        if (error === tooLarge) return refusal;
        throw error;
      }
    },

    async get(key, range) {
      if (!isObjectKey(key)) return undefined;
      const outside = async () => {
        const info = await head(key);
        return info === undefined ? undefined : rangeNotSatisfiable(info);
      };
      if (range !== undefined && !(range.start >= 0 && range.start <= (range.end ?? range.start))) return outside();
      const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.end ?? ''}` };
      try {
        const response = await container.open('GetBlob', 'GET', { name: nameOf(key), headers });
        const info = infoOf(key, response.headers);
        if (range === undefined || range.start < info.sizeBytes) return { info, body: response.body ?? new Blob().stream() };
        // The service refuses this (416); azurite answers with nothing.
        await response.body?.cancel();
        return rangeNotSatisfiable(info);
      } catch (error) {
        if (isMissing(error)) return undefined;
        if (isAzureError(error, 416)) return outside();
        throw error;
      }
    },

    head,

    async copy(from, to, { ifNoneMatch } = {}) {
      if (!isObjectKey(to)) return invalidObjectKey();
      const source = await head(from);
      if (source === undefined) return objectNotFound(from);
      const onlyIfAbsent = ifNoneMatch === '*';
      if (from === to) return onlyIfAbsent ? objectExists(to) : source;
      const write = randomUUID();
      try {
        return { ...source, key: to, ...(await copyBlob(container, { from, to, etag: source.etag, onlyIfAbsent, write })) };
      } catch (error) {
        if (isMissing(error)) return objectNotFound(from);
        return ownOrTaken(container, { key: to, onlyIfAbsent }, write, error);
      }
    },

    async delete(key) {
      if (!isObjectKey(key)) return;
      await deleteBlob(container, nameOf(key));
    },

    async list(prefix, { limit, cursor } = {}) {
      const scope = [container.url, prefix];
      let marker = cursor === undefined ? '' : markerIn(scope, cursor);
      const items: ListedObject[] = [];
      const wanted = pageLimit(limit);
      do {
        const parameters = {
          restype: 'container',
          comp: 'list',
          prefix: nameOf(prefix),
          maxresults: wanted - items.length,
          ...(marker && { marker }),
        };
        const { body } = await container.call('ListBlobs', 'GET', { parameters });
        // Uploads that have begun stand among the blobs, and are no objects.
        items.push(...elements(body, 'Blob').flatMap(listed));
        marker = textOf(body, 'NextMarker') ?? '';
      } while (marker !== '' && items.length < wanted);
      return { items, next: marker === '' ? null : cursorAt(scope, [marker]) };
    },

    async presign(method, key, expiresInSeconds) {
      checkGrant(key, expiresInSeconds);
      const name = nameOf(key);
      return `${container.urlOf(name)}?${await access.grant(name, method === 'GET' ? 'r' : 'cw', Math.ceil(expiresInSeconds))}`;
    },
  };
};

const headOf = async (container: BlobContainer, key: string): Promise<ObjectInfo | undefined> => {
  try {
    return infoOf(key, (await container.call('GetBlobProperties', 'HEAD', { name: nameOf(key) })).headers);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** A name that XML could not hold comes percent-encoded (List Blobs). */
const listed = (xml: string): readonly ListedObject[] => {
  const text = textOf(xml, 'Name') ?? '';
  const name = /<Name Encoded="true">/i.test(xml) ? decodeURIComponent(text) : text;
  if (name.startsWith(uploadsPrefix)) return [];
  const etag = unquoted(textOf(xml, 'Etag') ?? textOf(xml, 'ETag') ?? '');
  return [{ key: keyOf(name), sizeBytes: Number(textOf(xml, 'Content-Length')), etag, modifiedAt: momentOf(textOf(xml, 'Last-Modified')) }];
};

const markerIn = (scope: readonly string[], cursor: string): string => {
  const [marker] = placeOf(scope, cursor);
  if (typeof marker !== 'string' || marker === '') throw invalidCursor();
  return marker;
};
