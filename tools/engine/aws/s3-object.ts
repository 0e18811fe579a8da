import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { Archive, zipOf } from './archive.ts';
import { type Clients, found } from './clients.ts';

const Inputs = z.object({
  bucket: z.string(),
  key: z.string(),
  source: Archive.optional(),
  content: z.string().optional(),
  contentType: z.string().optional(),
});
type Inputs = z.output<typeof Inputs>;

export const bucketObject = ({ s3 }: Clients) => {
  const put = async (inputs: Inputs, folder: string) => {
    const Body = inputs.source === undefined ? (inputs.content ?? '') : zipOf(inputs.source, folder);
    const { ETag, VersionId } = await s3.send(
      new PutObjectCommand({ Bucket: inputs.bucket, Key: inputs.key, Body, ContentType: inputs.contentType }),
    );
    return { arn: `arn:aws:s3:::${inputs.bucket}/${inputs.key}`, etag: ETag ?? '', versionId: VersionId ?? '' };
  };
  return kind({
    type: 'aws:s3/bucketObjectv2:BucketObjectv2',
    inputs: Inputs,
    replacedBy: ['bucket', 'key', 'region'],
    computes: ['arn', 'etag', 'versionId'],
    recomputes: ['etag', 'versionId'],
    create: async (inputs, { folder }) => ({ id: `${inputs.bucket}/${inputs.key}`, computed: await put(inputs, folder) }),
    read: async (_id, state) => {
      const said = await found(s3.send(new HeadObjectCommand({ Bucket: state.bucket, Key: state.key })));
      return said === undefined ? undefined : { computed: {} };
    },
    update: async (_id, inputs, _state, { folder }) => put(inputs, folder),
    remove: async (_id, { bucket, key }) => {
      await found(s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
    },
  });
};
