import { type Failure, failed, orReject, Rejected } from '../../domain/kernel/failure.ts';
import {
  bytesOf,
  defaultContentType,
  invalidObjectKey,
  invalidPart,
  invalidPartNumber,
  isObjectKey,
  isPartNumber,
  refusedParts,
  uploadNotFound,
} from '../../domain/kernel/object-rules.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { isAwsError } from './errors.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { infoOf } from './s3-requests.ts';
import { completeUpload, startUpload, type Upload, uploadPart } from './s3-uploads.ts';

type Multipart = Pick<ObjectStore, 'startMultipart' | 'putPart' | 'completeMultipart' | 'abortMultipart'>;

/** S3 has to know a part's length before its first byte, so a part is held while it is sent. In bytes. */
const largestPart = 64 * 1024 * 1024;

// S3 wants the key with the upload's id, and the port's callers keep one text.
const uploadIdOf = ({ key, id }: Upload): string => `${Buffer.from(key).toString('base64url')}.${id}`;

const uploadOf = (uploadId: string): Upload | undefined => {
  const [head, key, id] =
    /^([\w-]+)\.(.+)$/.exec(uploadId)?.map((part, index) => (index === 1 ? Buffer.from(part, 'base64url').toString() : part)) ?? [];
  return head !== undefined && key !== undefined && id !== undefined && isObjectKey(key) && uploadIdOf({ key, id }) === uploadId
    ? { key, id }
    : undefined;
};

/** Why S3 does not take parts, as the port says it. Any other error is thrown. */
const refusalOf = (error: unknown): Failure<'upload-not-found' | 'invalid-part'> => {
  if (isAwsError(error, 'NoSuchUpload')) return uploadNotFound();
  if (isAwsError(error, 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML')) return invalidPart(error.details.message);
  throw error;
};

/** Uploads in parts. Completing one needs leave to read, too: its answer says what the object is. */
export const s3Multipart = (bucket: S3Bucket): Multipart => ({
  async startMultipart(key, { contentType = defaultContentType } = {}) {
    if (!isObjectKey(key)) return orReject<string>(invalidObjectKey());
    return uploadIdOf({ key, id: await startUpload(bucket, key, { 'content-type': contentType }) });
  },

  async putPart(uploadId, part, body) {
    if (!isPartNumber(part)) return invalidPartNumber();
    const upload = uploadOf(uploadId);
    if (upload === undefined) return uploadNotFound();
    const refusal = failed('invalid', 'invalid-part', `A part holds at most ${largestPart} bytes here.`);
    const tooLarge = new Rejected(refusal);
    try {
      const content = await held(bytesOf(body, { maxBytes: largestPart, tooLarge }));
      return { etag: await uploadPart(bucket, upload, part, content) };
    } catch (error) {
      return error === tooLarge ? refusal : refusalOf(error);
    }
  },

  async completeMultipart(uploadId, parts) {
    const upload = uploadOf(uploadId);
    if (upload === undefined) return uploadNotFound();
    const refused = refusedParts(parts);
    if (refused) return refused;
    try {
      await completeUpload(bucket, upload, parts, {});
    } catch (error) {
      return refusalOf(error);
    }
    return infoOf(upload.key, await bucket.sendFor('HeadObject', 'HEAD', { key: upload.key }));
  },

  async abortMultipart(uploadId) {
    const upload = uploadOf(uploadId);
    if (upload === undefined) return;
    await bucket.sendFor('AbortMultipartUpload', 'DELETE', { key: upload.key, parameters: { uploadId: upload.id } }).catch((error) => {
      if (!isAwsError(error, 'NoSuchUpload')) throw error;
    });
  },
});

const held = async (source: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
};
