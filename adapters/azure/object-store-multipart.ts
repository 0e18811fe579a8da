import { type Failure, failed, orReject, Rejected } from '../../domain/kernel/failure.ts';
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
import { type Block, blocksOfOwner, commitBlocks, isOwner, newBlock, newOwner, putBlock } from './blob-blocks.ts';
import { type BlobContainer, infoOf, nameOf } from './blob-container.ts';
import { isAzureError } from './errors.ts';

type Multipart = Pick<ObjectStore, 'startMultipart' | 'putPart' | 'completeMultipart' | 'abortMultipart'>;
type Upload = { readonly owner: string; readonly key: string };

/** A part is held while it is sent. In bytes. */
const largestPart = 64 * 1024 * 1024;

/**
 * Begins the names of the blobs that say which uploads there are. No object's key begins so. What nobody ended is for a rule of the account to
 * delete: after a week, as the blocks that wait go then by themselves.
 */
export const uploadsPrefix = '/uploads/';
const markerOf = ({ owner }: Upload): string => `${uploadsPrefix}${owner}`;

const uploadIdOf = ({ owner, key }: Upload): string => `${Buffer.from(key).toString('base64url')}.${owner}`;

const uploadOf = (uploadId: string): Upload | undefined => {
  const [, text = '', owner = ''] = /^([\w-]+)\.([\w-]+)$/.exec(uploadId) ?? [];
  const key = Buffer.from(text, 'base64url').toString();
  return isOwner(owner) && isObjectKey(key) && uploadIdOf({ owner, key }) === uploadId ? { owner, key } : undefined;
};

const isMissing = (error: unknown): boolean => isAzureError(error, 404);

/**
 * Uploads in parts: blocks that wait at the key until they are put together. A put to the same key in between, and another upload that is completed
 * there, takes them away: then completing this one is refused (`invalid-part`).
 */
export const blobMultipart = (container: BlobContainer): Multipart => {
  /** The type that the object is to have; nothing where there is no such upload (any more). */
  const contentTypeOf = async (upload: Upload): Promise<string | undefined> => {
    try {
      const { headers } = await container.call('GetBlobProperties', 'HEAD', { name: markerOf(upload) });
      return headers.get('content-type') ?? defaultContentType;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  const forget = async (upload: Upload): Promise<void> => {
    await container.call('DeleteBlob', 'DELETE', { name: markerOf(upload) }).catch((error) => {
      if (!isMissing(error)) throw error;
    });
  };
  /** The newest block of each part, by its number. */
  const newestOf = async ({ owner, key }: Upload) => {
    const blocks = await blocksOfOwner(container, nameOf(key), owner).catch((error) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const newest = new Map<number, (typeof blocks)[number]>();
    for (const each of blocks) {
      const known = newest.get(each.block.part);
      if (known === undefined || known.block.mark < each.block.mark) newest.set(each.block.part, each);
    }
    return newest;
  };

  return {
    async startMultipart(key, { contentType = defaultContentType } = {}) {
      if (!isObjectKey(key)) return orReject<string>(invalidObjectKey());
      const upload = { owner: newOwner(), key };
      const headers = { 'x-ms-blob-type': 'BlockBlob', 'x-ms-blob-content-type': contentType };
      await container.call('PutBlob', 'PUT', { name: markerOf(upload), headers, body: new Uint8Array(0) });
      return uploadIdOf(upload);
    },

    async putPart(uploadId, part, body) {
      if (!isPartNumber(part)) return invalidPartNumber();
      const upload = uploadOf(uploadId);
      if (upload === undefined || (await contentTypeOf(upload)) === undefined) return uploadNotFound();
      const refusal = failed('invalid', 'invalid-part', `A part holds at most ${largestPart} bytes here.`);
      const tooLarge = new Rejected(refusal);
      try {
        const content = await held(bytesOf(body, { maxBytes: largestPart, tooLarge }));
        if (content.byteLength === 0) return invalidPart('A part holds at least one byte here.');
        const block = newBlock(upload.owner, part);
        await putBlock(container, nameOf(upload.key), block, content);
        return { etag: block.mark };
      } catch (error) {
        if (error === tooLarge) return refusal;
        throw error;
      }
    },

    async completeMultipart(uploadId, parts) {
      const upload = uploadOf(uploadId);
      const contentType = upload && (await contentTypeOf(upload));
      if (upload === undefined || contentType === undefined) return uploadNotFound();
      const refused = refusedParts(parts);
      if (refused) return refused;
      const blocks = chosen(await newestOf(upload), parts);
      if ('failure' in blocks) return blocks;
      const name = nameOf(upload.key);
      try {
        await commitBlocks(container, name, blocks, { 'x-ms-blob-content-type': contentType });
      } catch (error) {
        if (!isAzureError(error, 'InvalidBlockList')) throw error;
        return invalidPart('Parts of this upload are gone: the key was written meanwhile.');
      }
      const { headers } = await container.call('GetBlobProperties', 'HEAD', { name });
      await forget(upload);
      return infoOf(upload.key, headers);
    },

    async abortMultipart(uploadId) {
      const upload = uploadOf(uploadId);
      if (upload !== undefined) await forget(upload);
    },
  };
};

const chosen = (
  newest: ReadonlyMap<number, { readonly block: Block; readonly sizeBytes: number }>,
  parts: Parameters<ObjectStore['completeMultipart']>[1],
): readonly Block[] | Failure<'invalid-part'> => {
  const inOrder = [...parts].sort((a, b) => a.part - b.part);
  const blocks: Block[] = [];
  for (const [index, { part, etag }] of inOrder.entries()) {
    const found = newest.get(part);
    if (found === undefined || found.block.mark !== etag) return invalidPart(`There is no part ${part} with this etag.`);
    if (found.sizeBytes < minPartBytes && index < inOrder.length - 1) return partTooSmall(part);
    blocks.push(found.block);
  }
  return blocks;
};

const held = async (source: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
};
