import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { chunks, contentOf, putText, succeeded } from '../conformance/object-store-harness.ts';
import { s3ObjectStore } from './object-store.ts';
import { makeBucket, sdkOptions } from './test-emulator.ts';
import { emulatorClient } from './test-tables.ts';

/** As the stack locks the buckets of records (`platform:immutableDays`). */
describe('a bucket whose objects are locked', () => {
  const sdk = new S3Client({ ...sdkOptions(), forcePathStyle: true });
  let Bucket: string;
  let store: ObjectStore;
  const versions = async (Prefix: string) => (await sdk.send(new ListObjectVersionsCommand({ Bucket, Prefix }))).Versions ?? [];

  beforeAll(async () => {
    const client = emulatorClient('ministack');
    Bucket = await makeBucket(client);
    store = s3ObjectStore({ client, bucket: Bucket });
    await sdk.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } } as const;
    await sdk.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule } }));
  });

  it('takes an object again, and keeps what it was', async () => {
    await putText(store, 'a', 'first');
    await putText(store, 'a', 'second');
    expect(await contentOf(store, 'a')).toBe('second');
    expect(await versions('a')).toHaveLength(2);
  });

  it('takes an object in parts', async () => {
    const large = new Uint8Array(9 * 1024 * 1024);
    expect(succeeded(await store.put('large', chunks(large)))).toMatchObject({ sizeBytes: large.byteLength });
  });

  it('keeps what is deleted, and lets nobody delete a version', async () => {
    await putText(store, 'b', 'kept');
    await store.delete('b');
    expect(await store.head('b')).toBeUndefined();
    const [version] = await versions('b');
    await expect(sdk.send(new DeleteObjectCommand({ Bucket, Key: 'b', VersionId: version?.VersionId }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    expect(await versions('b')).toHaveLength(1);
  });
});
