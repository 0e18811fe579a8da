import { type GraphRule, ofType, textAt } from '../rule.ts';

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
];
