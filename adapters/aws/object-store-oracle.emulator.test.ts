import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { breakingOff, chunks, contentOf, expectSame, putText, succeeded } from '../conformance/object-store-harness.ts';
import { s3ObjectStore } from './object-store.ts';
import { makeBucket, sdkOptions } from './test-emulator.ts';
import { emulatorClient } from './test-tables.ts';

const part = (letter: string, bytes: number): Uint8Array => new Uint8Array(bytes).fill(letter.charCodeAt(0));
const [large, small] = [9 * 1024 * 1024, 3];
const key = "acme/a b/ä+'(1)*!";

describe('S3 between our adapter and the official client', () => {
  const sdk = new S3Client({ ...sdkOptions(), forcePathStyle: true });
  let Bucket: string;
  let store: ObjectStore;
  beforeAll(async () => {
    const client = emulatorClient('ministack');
    Bucket = await makeBucket(client);
    store = s3ObjectStore({ client, bucket: Bucket });
  });

  it.each([
    ['small', () => chunks('content')],
    ['large', () => chunks(part('a', large), part('b', small))],
  ])('the client reads what is put by us: %s', async (_, content) => {
    const info = succeeded(await store.put(key, content(), { contentType: 'text/plain' }));
    const { Body, ContentType, ContentLength, ETag } = await sdk.send(new GetObjectCommand({ Bucket, Key: key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    expect([ContentType, ContentLength, ETag]).toEqual(['text/plain', info.sizeBytes, `"${info.etag}"`]);
    expect(bytes.byteLength).toBe(info.sizeBytes);
    const { Contents = [] } = await sdk.send(new ListObjectsV2Command({ Bucket, Prefix: 'acme/' }));
    expect(Contents.map(({ Key, Size }) => [Key, Size])).toEqual([[key, info.sizeBytes]]);
  });

  it('we read what is put by the client', async () => {
    await sdk.send(new PutObjectCommand({ Bucket, Key: key, Body: 'from the client', ContentType: 'text/x' }));
    expect(await contentOf(store, key)).toBe('from the client');
    expect(await contentOf(store, key, { start: 5, end: 7 })).toBe('the');
    const info = await store.head(key);
    expect(info).toMatchObject({ sizeBytes: 15, contentType: 'text/x' });
    const { items } = await store.list('acme/');
    expect(items).toHaveLength(1);
    expectSame({ contentType: 'text/x', modifiedAt: '', etag: '', sizeBytes: 0, key: '', ...items[0] }, info);
  });

  it('we read what the client uploads in parts, and it reads what we do', async () => {
    const { UploadId } = await sdk.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }));
    const { ETag } = await sdk.send(new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber: 1, Body: 'part' }));
    await sdk.send(
      new CompleteMultipartUploadCommand({ Bucket, Key: 'parts', UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }),
    );
    expect(await contentOf(store, 'parts')).toBe('part');

    const upload = await store.startMultipart('ours', { contentType: 'text/plain' });
    const first = succeeded(await store.putPart(upload, 1, chunks(part('a', 5 * 1024 * 1024))));
    const second = succeeded(await store.putPart(upload, 2, chunks('end')));
    succeeded(
      await store.completeMultipart(upload, [
        { part: 2, ...second },
        { part: 1, ...first },
      ]),
    );
    const { ContentLength, ContentType } = await sdk.send(new HeadObjectCommand({ Bucket, Key: 'ours' }));
    expect([ContentLength, ContentType]).toEqual([5 * 1024 * 1024 + 3, 'text/plain']);
  });

  it('the client finds no upload that a broken source has left', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield part('a', large);
      yield* breakingOff('half', new TypeError('cable pulled'));
    }
    await expect(store.put('broken', broken())).rejects.toThrow('cable pulled');
    const { Uploads = [] } = await sdk.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads).toEqual([]);
  });

  it('copies carry what the client put, its type too', async () => {
    await sdk.send(new PutObjectCommand({ Bucket, Key: key, Body: 'x', ContentType: 'text/x' }));
    succeeded(await store.copy(key, 'copy of ä+'));
    expect((await sdk.send(new HeadObjectCommand({ Bucket, Key: 'copy of ä+' }))).ContentType).toBe('text/x');
  });

  it('a URL of either grants what one of the other does', async () => {
    const bodyOf = async (url: string) => (await fetch(url)).text();
    await putText(store, key, 'x');
    const ours = await store.presign('GET', key, 60);
    const theirs = await getSignedUrl(sdk, new GetObjectCommand({ Bucket, Key: key }), { expiresIn: 60 });
    expect([await bodyOf(ours), await bodyOf(theirs)]).toEqual(['x', 'x']);
    expect(new URL(ours).pathname).toBe(new URL(theirs).pathname);

    await fetch(await getSignedUrl(sdk, new PutObjectCommand({ Bucket, Key: 'theirs' }), { expiresIn: 60 }), {
      method: 'PUT',
      body: 'theirs',
    });
    await fetch(await store.presign('PUT', 'ours too', 60), { method: 'PUT', body: 'ours' });
    expect(await contentOf(store, 'theirs')).toBe('theirs');
    expect(await (await sdk.send(new GetObjectCommand({ Bucket, Key: 'ours too' }))).Body?.transformToString()).toBe('ours');
  });
});
