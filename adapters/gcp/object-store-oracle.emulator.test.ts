import { createHash, randomBytes } from 'node:crypto';
import { Storage } from '@google-cloud/storage';
import { beforeAll, describe, expect, it } from 'vitest';
import { presignedPutSize } from '../../domain/kernel/object-rules.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { chunks, contentOf, putText, succeeded } from '../conformance/object-store-harness.ts';
import { systemClock } from '../system/system-clock.ts';
import { gcpClient } from './client.ts';
import { cloudObjectStore } from './object-store.ts';
import { signedUrl } from './signed-urls.ts';
import { makeBucket, testEmail, testKey, testSigner } from './test-buckets.ts';
import { emulatorClient, emulatorEnvironment, testIdentity } from './test-emulator.ts';

const credentials = { client_email: testEmail, private_key: testKey };
const keys = ['plain', 'a b/c+d', 'ä/🙂', "it's (100%)!*", '?&#='];

describe('Cloud Storage between our adapter and the official client', () => {
  let store: ObjectStore;
  let official: ReturnType<Storage['bucket']>;
  beforeAll(async () => {
    const client = emulatorClient();
    const bucket = await makeBucket(client);
    store = cloudObjectStore({ client, bucket, clock: systemClock });
    official = new Storage({ projectId: 'project', apiEndpoint: emulatorEnvironment().STORAGE_EMULATOR_HOST ?? '' }).bucket(bucket);
  });

  it.each(keys)('each reads what the other has put under %s', async (key) => {
    const info = succeeded(await store.put(key, chunks('ours'), { contentType: 'text/plain' }));
    const file = official.file(key);
    expect((await file.download())[0].toString()).toBe('ours');
    const [metadata] = await file.getMetadata();
    expect([metadata.contentType, String(metadata.generation), Number(metadata.size)]).toEqual(['text/plain', info.etag, info.sizeBytes]);
    await file.save('theirs', { contentType: 'text/html', resumable: false });
    expect(await contentOf(store, key)).toBe('theirs');
    expect(await store.head(key)).toMatchObject({ contentType: 'text/html', sizeBytes: 6 });
  });

  it('the client reads a large object of ours, whole by its checksum', async () => {
    const bytes = randomBytes(20 * 1024 * 1024);
    succeeded(await store.put('large', chunks(bytes)));
    const [content] = await official.file('large').download({ validation: 'crc32c' });
    expect(createHash('sha256').update(content).digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('we read a large object that the client sent in pieces', async () => {
    const bytes = randomBytes(12 * 1024 * 1024);
    await official.file('resumed').save(bytes, { resumable: true, chunkSize: 5 * 1024 * 1024, contentType: 'application/octet-stream' });
    expect(await store.head('resumed')).toMatchObject({ sizeBytes: bytes.length, contentType: 'application/octet-stream' });
    const read = createHash('sha256');
    for await (const chunk of succeeded(await store.get('resumed')).body) read.update(chunk);
    expect(read.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('the client reads what we have joined of parts', async () => {
    const part = Buffer.alloc(5 * 1024 * 1024, 'p');
    const upload = await store.startMultipart('joined', { contentType: 'text/plain' });
    const parts = [];
    for (const [n, content] of [part, Buffer.from('end')].entries())
      parts.push({ part: n + 1, etag: succeeded(await store.putPart(upload, n + 1, chunks(content))).etag });
    succeeded(await store.completeMultipart(upload, parts));
    const [content] = await official.file('joined').download();
    expect(content.equals(Buffer.concat([part, Buffer.from('end')]))).toBe(true);
    expect((await official.getFiles({ prefix: '/uploads/' }))[0]).toEqual([]);
  });

  it('list the same keys', async () => {
    for (const key of keys) await putText(store, `list/${key}`, key);
    const theirs = (await official.getFiles({ prefix: 'list/' }))[0].map(({ name }) => name);
    expect((await store.list('list/')).items.map(({ key }) => key)).toEqual(theirs);
  });

  it.each(['GET', 'PUT'] as const)('sign the same URL of a %s', async (method) => {
    const at = new Date(Math.floor(Date.now() / 1000) * 1000);
    const client = gcpClient({ environment: {}, identity: testIdentity });
    const headers = method === 'PUT' ? presignedPutSize : {};
    for (const key of [...keys, 'a\nb']) {
      const ours = await signedUrl(client, testSigner(), { method, bucket: 'b', name: key, expiresInSeconds: 600, at, headers });
      const action = method === 'GET' ? ('read' as const) : ('write' as const);
      const [theirs] = await new Storage({ projectId: 'project', credentials })
        .bucket('b')
        .file(key)
        .getSignedUrl({ version: 'v4', action, accessibleAt: at, expires: at.getTime() + 600_000, extensionHeaders: headers });
      expect(ours).toBe(theirs);
    }
  });
});
