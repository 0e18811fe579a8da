import { profiles } from '../../environment.ts';
import { at, type GraphRule, ofType, textAt } from '../rule.ts';

const needed = {
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': 'nothing keeps it from being made public',
  'aws:s3/bucketVersioning:BucketVersioning': 'what is overwritten in it is gone',
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': 'nobody said what it is encrypted with',
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': 'access control lists still count in it',
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': 'what is left over in it stays for ever',
  'aws:s3/bucketPolicy:BucketPolicy': 'it lets in whoever comes without TLS',
} as const;

export const ofBuckets: readonly GraphRule[] = [
  {
    name: 'bucket-is-complete',
    describes: 'Every bucket is private, versioned, encrypted, tidied, and reached by TLS only.',
    breaks: (resources) =>
      ofType(resources, 'aws:s3/bucket:Bucket').flatMap((bucket) =>
        Object.entries(needed).flatMap(([type, says]) =>
          ofType(resources, type).some((one) => textAt(one, 'bucket') === textAt(bucket, 'bucket')) ? [] : [{ resource: bucket, says }],
        ),
      ),
  },
  {
    name: 'immutable-bucket-is',
    describes: 'A bucket that is locked keeps each version for days, and is in prod: elsewhere a destroy would stop at it.',
    breaks: (resources, environment) =>
      ofType(resources, 'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration').flatMap((lock) => {
        const { days, mode } = (at(lock, 'rule', 'defaultRetention') ?? {}) as { readonly days?: number; readonly mode?: string };
        if (!(Number(days) > 0) || mode === undefined) return [{ resource: lock, says: 'it keeps nothing' }];
        return profiles[environment].protectsData ? [] : [{ resource: lock, says: 'a destroy would stop at it' }];
      }),
  },
];
