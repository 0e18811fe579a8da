import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Account, type Clients, found } from './clients.ts';

const Inputs = z.object({ bucket: z.string(), forceDestroy: z.boolean().optional() });

export const bucket = ({ s3 }: Clients, { region }: Account) => {
  const computedOf = (name: string) => ({
    arn: `arn:aws:s3:::${name}`,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  });

  /** Every version and every marker of a deletion: a bucket is removed only once it is empty. */
  const empty = async (name: string): Promise<void> => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: name }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return;
    await s3.send(new DeleteObjectsCommand({ Bucket: name, Delete: { Objects } }));
    await empty(name);
  };

  return kind({
    type: 'aws:s3/bucket:Bucket',
    inputs: Inputs,
    naming: { property: 'bucket', longest: 63 },
    replacedBy: ['bucket', 'region', 'objectLockEnabled'],
    computes: ['arn', 'bucketDomainName', 'bucketRegionalDomainName'],
    create: async ({ bucket: name }) => {
      await s3.send(
        new CreateBucketCommand({
          Bucket: name,
          ...(region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: region as 'eu-central-1' } }),
        }),
      );
      return { id: name, computed: computedOf(name) };
    },
    read: async (id) => {
      const said = await found(s3.send(new HeadBucketCommand({ Bucket: id })));
      return said === undefined ? undefined : { computed: computedOf(id) };
    },
    remove: async (id, { forceDestroy }) => {
      if (forceDestroy) await found(empty(id));
      await found(s3.send(new DeleteBucketCommand({ Bucket: id })));
    },
  });
};
