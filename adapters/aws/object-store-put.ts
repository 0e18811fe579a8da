import { randomUUID } from 'node:crypto';
import type { Failure } from '../../domain/kernel/failure.ts';
import { objectExists } from '../../domain/kernel/object-rules.ts';
import type { ObjectInfo } from '../../domain/kernel/object-store.ts';
import { eachOf } from '../cloud/each-of.ts';
import { type Backoff, retrying } from '../cloud/retry.ts';
import { isConflict, isRefusedByCondition, type S3Bucket } from './s3-bucket.ts';
import { etagOf, infoOf, momentOf } from './s3-requests.ts';
import { completeUpload, startUpload, type UploadedPart, uploadPart } from './s3-uploads.ts';

/** What fits is put by one request; of more, parts of this size are held at a time. In bytes. */
export const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 3;

type Target = { readonly key: string; readonly contentType: string; readonly onlyIfAbsent: boolean };

/** Puts blocks of `partBytes`, the last of which may be shorter. A source that breaks off leaves nothing. */
export const putBlocks = async (
  bucket: S3Bucket,
  target: Target,
  blocks: AsyncGenerator<Uint8Array>,
  backoff: Backoff,
): Promise<ObjectInfo | Failure<'object-exists'>> => {
  const first = await blocks.next();
  const second = first.done ? first : await blocks.next();
  const head = first.done ? new Uint8Array(0) : first.value;
  if (second.done) return putWhole(bucket, target, head, backoff);
  return putParts(bucket, target, joined([head, second.value], blocks));
};

async function* joined(head: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head;
  yield* rest;
}

/** By this an object shows which write made it: a write whose answer was lost, and which is then refused because of itself, has succeeded. */
const writeHeader = 'x-amz-meta-write';

const headersOf = ({ contentType, onlyIfAbsent }: Target, write: string): Record<string, string> => ({
  'content-type': contentType,
  ...(onlyIfAbsent && { [writeHeader]: write }),
});
const condition = ({ onlyIfAbsent }: Target): Record<string, string> => (onlyIfAbsent ? { 'if-none-match': '*' } : {});
/** Of a write that is one request. */
export const writeHeaders = (target: Target, write: string): Record<string, string> => ({
  ...headersOf(target, write),
  ...condition(target),
});

const putWhole = async (bucket: S3Bucket, target: Target, body: Uint8Array, backoff: Backoff) => {
  const { key, contentType } = target;
  const write = randomUUID();
  try {
    const headers = await retrying(
      () => bucket.sendFor('PutObject', 'PUT', { key, body, headers: writeHeaders(target, write) }),
      (error) => (isConflict(error) ? 0 : false),
      backoff,
    );
    return { key, sizeBytes: body.byteLength, etag: etagOf(headers), contentType, modifiedAt: momentOf(headers.get('date')) };
  } catch (error) {
    return ownOrTaken(bucket, target, write, error);
  }
};

const putParts = async (bucket: S3Bucket, target: Target, blocks: AsyncIterable<Uint8Array>) => {
  const { key, contentType } = target;
  const write = randomUUID();
  const upload = { key, id: await startUpload(bucket, key, headersOf(target, write)) };
  try {
    let sizeBytes = 0;
    const parts = await eachOf(blocks, partsAtOnce, async (block, index): Promise<UploadedPart> => {
      sizeBytes += block.byteLength;
      return { part: index + 1, etag: await uploadPart(bucket, upload, index + 1, block) };
    });
    const { etag, date } = await completeUpload(bucket, upload, parts, condition(target));
    return { key, sizeBytes, etag, contentType, modifiedAt: momentOf(date) };
  } catch (error) {
    const outcome = await ownOrTaken(bucket, target, write, error).finally(() =>
      // What cannot be aborted now goes by the bucket's rule for incomplete uploads.
      bucket.sendFor('AbortMultipartUpload', 'DELETE', { key, parameters: { uploadId: upload.id } }).catch(() => undefined),
    );
    return outcome;
  }
};

/** Whether a write was refused because the key is taken, and not by itself. Any other error is thrown. */
export const ownOrTaken = async (bucket: S3Bucket, { key, onlyIfAbsent }: Target, write: string, error: unknown) => {
  const conflict = isConflict(error);
  if (!onlyIfAbsent || !(conflict || isRefusedByCondition(error))) throw error;
  // Who may put and not read learns less: nothing of who was first.
  const headers = await bucket.sendFor('HeadObject', 'HEAD', { key }).catch(() => undefined);
  if (headers?.get(writeHeader) === write) return infoOf(key, headers);
  if (conflict && headers === undefined) throw error;
  return objectExists(key);
};
