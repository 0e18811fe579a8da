import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { usualBackoff } from '../cloud/retry.ts';
import { chunks, codeOf } from '../conformance/object-store-harness.ts';
import { systemClock } from '../system/system-clock.ts';
import { gcpClient } from './client.ts';
import { cloudObjectStore } from './object-store.ts';
import { type Answer, answeringClient, connectionReset, fault, type MadeAnswer, ok, someone } from './test-answers.ts';

const stored = (more: object = {}) => ({
  name: 'a',
  size: '3',
  generation: '1700000000000001',
  contentType: 'text/plain',
  updated: '2026-11-01T12:00:00.000Z',
  ...more,
});
const storeOn = (...answers: readonly (Answer | MadeAnswer)[]) => {
  const { client, sent, waits } = answeringClient(answers);
  return { store: cloudObjectStore({ client, bucket: 'b', clock: systemClock }), sent, waits };
};
const textOf = (body: unknown): string => (body instanceof Uint8Array ? Buffer.from(body).toString() : String(body));
const mebibytes = (count: number, letter = 'x'): Uint8Array => new Uint8Array(count * 1024 * 1024).fill(letter.charCodeAt(0));
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64');

describe('a put into Cloud Storage', () => {
  it('of little is one request that says its MD5', async () => {
    const { store, sent } = storeOn(ok(stored()));
    await store.put('a', chunks('abc'), { contentType: 'text/plain' });
    expect(sent[0]?.url).toBe('https://storage.googleapis.com/upload/storage/v1/b/b/o?uploadType=multipart');
    expect(textOf(sent[0]?.body)).toContain(`"md5Hash":"${md5(Buffer.from('abc'))}"`);
  });

  it('if-none-match whose answer was lost knows itself', async () => {
    const itself: MadeAnswer = (sent) => ok(stored({ metadata: { write: /"write":"([^"]+)"/.exec(textOf(sent[0]?.body))?.[1] } }));
    const { store, sent } = storeOn(connectionReset(), fault(412, 'Http412'), itself);
    expect(await store.put('a', chunks('abc'), { ifNoneMatch: '*' })).toMatchObject({ key: 'a', sizeBytes: 3 });
    expect(sent[0]?.url).toContain('ifGenerationMatch=0');
  });

  it('whose answer breaks off is sent again', async () => {
    const send = (async () => {
      const body =
        calls++ > 0 ? JSON.stringify(stored()) : new ReadableStream({ pull: (controller) => controller.error(connectionReset()) });
      return new Response(body);
    }) as typeof fetch;
    let calls = 0;
    const client = gcpClient({
      environment: {},
      identity: someone,
      fetch: send,
      backoff: { ...usualBackoff, wait: async () => undefined },
    });
    expect(await cloudObjectStore({ client, bucket: 'b', clock: systemClock }).put('a', chunks('abc'))).toMatchObject({ sizeBytes: 3 });
    expect(calls).toBe(2);
  });

  it('if-none-match that another was faster with is refused', async () => {
    const { store } = storeOn(connectionReset(), fault(412, 'Http412'), ok(stored({ metadata: { write: 'of another' } })));
    expect(codeOf(await store.put('a', chunks('abc'), { ifNoneMatch: '*' }))).toBe('object-exists');
  });

  it('of much goes on from where the service is after a broken connection', async () => {
    const all = Buffer.concat([mebibytes(8), mebibytes(3, 'y')]);
    const { store, sent } = storeOn(
      ok('', { location: 'https://storage.googleapis.com/session' }),
      connectionReset(),
      { status: 308, headers: { range: `bytes=0-${4 * 1024 * 1024 - 1}` } },
      { status: 308, headers: { range: `bytes=0-${8 * 1024 * 1024 - 1}` } },
      ok(stored({ size: String(all.byteLength), md5Hash: md5(all) })),
    );
    expect(await store.put('a', chunks(all))).toMatchObject({ sizeBytes: all.byteLength });
    expect(sent.slice(1).map(({ method, url, headers }) => [method, url, headers['content-range']])).toEqual([
      ['PUT', 'https://storage.googleapis.com/session', 'bytes 0-8388607/*'],
      ['PUT', 'https://storage.googleapis.com/session', 'bytes */*'],
      ['PUT', 'https://storage.googleapis.com/session', 'bytes 4194304-8388607/*'],
      ['PUT', 'https://storage.googleapis.com/session', 'bytes 8388608-11534335/11534336'],
    ]);
  });

  it('of much whose last answer was lost is found done', async () => {
    const all = mebibytes(9);
    const done = ok(stored({ size: String(all.byteLength), md5Hash: md5(all) }));
    const { store } = storeOn(
      ok('', { location: 'https://storage.googleapis.com/session' }),
      { status: 308, headers: { range: 'bytes=0-8388607' } },
      fault(503, 'UNAVAILABLE'),
      done,
    );
    expect(await store.put('a', chunks(all))).toMatchObject({ sizeBytes: all.byteLength });
  });

  it('of much that was damaged on its way leaves nothing', async () => {
    const { store, sent } = storeOn(
      ok('', { location: 'https://storage.googleapis.com/session' }),
      { status: 308, headers: { range: 'bytes=0-8388607' } },
      ok(stored({ md5Hash: md5(Buffer.from('something else')) })),
      { status: 204 },
      { status: 404 },
    );
    await expect(store.put('a', chunks(mebibytes(9)))).rejects.toMatchObject({ failure: { code: 'cloud-unavailable' } });
    expect(sent.at(-2)).toMatchObject({ method: 'DELETE', url: expect.stringContaining('/o/a?ifGenerationMatch=1700000000000001') });
  });

  it('whose source breaks off cancels its upload', async () => {
    const { store, sent } = storeOn(
      ok('', { location: 'https://storage.googleapis.com/session' }),
      { status: 308, headers: { range: 'bytes=0-8388607' } },
      { status: 499 },
    );
    async function* source(): AsyncGenerator<Uint8Array> {
      yield mebibytes(17);
      throw new TypeError('cable pulled');
    }
    await expect(store.put('a', source())).rejects.toThrow('cable pulled');
    expect(sent.at(-1)).toMatchObject({ method: 'DELETE', url: 'https://storage.googleapis.com/session' });
  });
});

describe('a copy in Cloud Storage', () => {
  it('goes on while the service is at it', async () => {
    const { store, sent } = storeOn(
      ok(stored()),
      ok({ done: false, rewriteToken: 't 1' }),
      ok({ done: true, resource: stored({ name: 'b' }) }),
    );
    expect(await store.copy('a', 'b')).toMatchObject({ key: 'b', contentType: 'text/plain' });
    expect(sent[2]?.url).toContain('/b/b/o/a/rewriteTo/b/b/o/b?rewriteToken=t%201');
  });

  it('if-none-match is refused by the generation that there is', async () => {
    const { store, sent } = storeOn(ok(stored()), fault(412, 'Http412'), ok(stored({ name: 'b' })));
    expect(codeOf(await store.copy('a', 'b', { ifNoneMatch: '*' }))).toBe('object-exists');
    expect(sent[1]?.url).toContain('ifGenerationMatch=0');
  });
});

describe('names in Cloud Storage', () => {
  it('have no line break, and keys have', async () => {
    const { store, sent } = storeOn(ok(stored({ name: 'a\t1b\t0\t2' })));
    expect(await store.head('a\nb\t\r')).toMatchObject({ key: 'a\nb\t\r' });
    expect(sent[0]?.url).toBe('https://storage.googleapis.com/storage/v1/b/b/o/a%091b%090%092');
  });

  it('are not listed where they are nobody’s keys', async () => {
    const { store } = storeOn(ok({ items: [stored({ name: '/uploads/1/part-00001' }), stored()] }));
    expect((await store.list('')).items.map(({ key }) => key)).toEqual(['a']);
  });
});

describe('a signed URL', () => {
  it('is signed by the service account, whose keys only Google has', async () => {
    const { store, sent } = storeOn(ok({ keyId: 'k', signedBlob: Buffer.from('signed').toString('base64') }));
    const url = new URL(await store.presign('GET', 'a/b c', 60));
    expect(url.pathname).toBe('/b/a/b%20c');
    expect(url.searchParams.get('X-Goog-Signature')).toBe(Buffer.from('signed').toString('hex'));
    expect(sent[0]?.url).toBe(
      'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/functions%40project.iam.gserviceaccount.com:signBlob',
    );
    const payload = String((sent[0]?.body as { payload?: string } | undefined)?.payload);
    expect(Buffer.from(payload, 'base64').toString()).toMatch(
      /^GOOG4-RSA-SHA256\n\d{8}T\d{6}Z\n\d{8}\/auto\/storage\/goog4_request\n[0-9a-f]{64}$/,
    );
  });
});
