import { ContainerClient } from '@azure/storage-blob';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { chunks, contentOf, keysOf, succeeded } from '../conformance/object-store-harness.ts';
import { systemClock } from '../system/system-clock.ts';
import { blobObjectStore } from './object-store.ts';
import { identifiedClient, makeContainer, vendorBlobs } from './test-azurite.ts';

const { client } = identifiedClient();
const megabyte = 1024 * 1024;

describe('the adapter and the official client on azurite', () => {
  let store: ObjectStore;
  let official: ContainerClient;
  beforeEach(async () => {
    const containerUrl = await makeContainer();
    store = blobObjectStore({ client: client(), containerUrl, clock: systemClock });
    official = vendorBlobs().getContainerClient(containerUrl.slice(containerUrl.lastIndexOf('/') + 1));
  });

  it.each(['a', 'a/b c.txt', 'ä/日本', '?&#=+*:"<>|'])('read alike what the adapter has put as %j', async (key) => {
    succeeded(await store.put(key, chunks('content of ', key), { contentType: 'text/plain' }));
    const blob = official.getBlockBlobClient(key);
    expect((await blob.downloadToBuffer()).toString()).toBe(`content of ${key}`);
    expect((await blob.getProperties()).contentType).toBe('text/plain');
  });
  it.each(['a', 'a/b c.txt', 'ä/日本', '?&#=+*:"<>|'])('read alike what the official client has put as %j', async (key) => {
    const headers = { blobHTTPHeaders: { blobContentType: 'text/plain' } };
    const { etag } = await official.getBlockBlobClient(key).upload(`content of ${key}`, Buffer.byteLength(`content of ${key}`), headers);
    expect(await contentOf(store, key)).toBe(`content of ${key}`);
    expect(await store.head(key)).toMatchObject({ contentType: 'text/plain', etag: etag?.replaceAll('"', '') });
    expect(await keysOf(store)).toEqual([key]);
  });
  it('read alike what was put in blocks, byte by byte', async () => {
    const content = Buffer.alloc(20 * megabyte + 7, 'blocks and more blocks ');
    succeeded(await store.put('ours', chunks(content.subarray(0, 9 * megabyte), content.subarray(9 * megabyte))));
    expect((await official.getBlockBlobClient('ours').downloadToBuffer()).equals(content)).toBe(true);
    await official.getBlockBlobClient('theirs').uploadData(content, { blockSize: 4 * megabyte, maxSingleShotSize: megabyte });
    const read = Buffer.from(await new Response(succeeded(await store.get('theirs')).body).arrayBuffer());
    expect(read.equals(content)).toBe(true);
  });
  it('see what is put together of parts, and nothing of it before', async () => {
    const upload = await store.startMultipart('big', { contentType: 'text/plain' });
    const part = await store.putPart(upload, 1, chunks('whole'));
    expect(await official.getBlockBlobClient('big').exists()).toBe(false);
    succeeded(await store.completeMultipart(upload, [{ part: 1, etag: succeeded(part).etag }]));
    expect((await official.getBlockBlobClient('big').downloadToBuffer()).toString()).toBe('whole');
  });
  it('is put together again where whoever asked for it does not know that it was', async () => {
    const upload = await store.startMultipart('big');
    const part = { part: 1, etag: succeeded(await store.putPart(upload, 1, chunks('whole'))).etag };
    const marker = `/uploads/${upload.split('.')[1] ?? ''}`;
    succeeded(await store.completeMultipart(upload, [part]));
    await official.getBlockBlobClient(marker).upload('', 0);
    succeeded(await store.completeMultipart(upload, [part]));
    expect(await contentOf(store, 'big')).toBe('whole');
  });
  it('let the official client in by a URL that the adapter has signed', async () => {
    const url = new URL(await store.presign('PUT', 'a/b', 60));
    const [sas, container] = [url.search, `${official.url}${url.search}`];
    expect(sas).toContain('skoid=');
    await new ContainerClient(container).getBlockBlobClient('a/b').upload('sent', 4);
    expect(await contentOf(store, 'a/b')).toBe('sent');
  });
});
