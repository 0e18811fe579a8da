import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { escaped, textOf } from '../cloud/xml.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { etagOf, unquoted } from './s3-requests.ts';

/** A multipart upload: S3 wants its key with its id. */
export type Upload = { readonly key: string; readonly id: string };
export type UploadedPart = Parameters<ObjectStore['completeMultipart']>[1][number];

export const startUpload = async (bucket: S3Bucket, key: string, headers: Readonly<Record<string, string>>): Promise<string> =>
  textOf(await bucket.sendForXml('CreateMultipartUpload', 'POST', { key, parameters: { uploads: '' }, headers }), 'UploadId') ?? '';

/** The part's etag. */
export const uploadPart = async (bucket: S3Bucket, { key, id }: Upload, part: number, body: Uint8Array): Promise<string> =>
  etagOf(await bucket.sendFor('UploadPart', 'PUT', { key, parameters: { partNumber: part, uploadId: id }, body }));

/** Joins parts, in the order of their numbers; S3 answers the same again where the answer was lost. */
export const completeUpload = async (
  bucket: S3Bucket,
  { key, id }: Upload,
  parts: readonly UploadedPart[],
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly etag: string; readonly date: string }> => {
  const listed = [...parts]
    .sort((a, b) => a.part - b.part)
    .map(({ part, etag }) => `<Part><PartNumber>${part}</PartNumber><ETag>${escaped(`"${etag}"`)}</ETag></Part>`);
  const xml = await bucket.sendForXml('CompleteMultipartUpload', 'POST', {
    key,
    parameters: { uploadId: id },
    headers,
    body: Buffer.from(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join('')}</CompleteMultipartUpload>`,
    ),
  });
  return { etag: unquoted(textOf(xml, 'ETag') ?? ''), date: new Date().toUTCString() };
};
