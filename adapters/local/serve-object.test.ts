import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chunks, contentOf, succeeded } from '../conformance/object-store-harness.ts';
import { type LocalObjectStore, localObjectStore } from './object-store.ts';
import { serveObject } from './serve-object.ts';

describe('serving objects by presigned URL', () => {
  const signingKey = randomBytes(32);
  const now = new Date('2026-01-01T12:00:00Z');
  const maxBytes = 1000;
  let folder: string;
  let store: LocalObjectStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serve-object-'));
    store = localObjectStore({ folder, name: 'artifacts', baseUrl: () => 'http://127.0.0.1:8080/', signingKey, clock: { now: () => now } });
    succeeded(await store.put('a', chunks('0123456789'), { contentType: 'text/html' }));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const serve = (request: Request, at = now) =>
    serveObject((name) => (name === 'artifacts' ? store : undefined), request, { signingKey, now: at, maxBytes });
  const get = async (headers: HeadersInit = {}, method = 'GET') =>
    serve(new Request(await store.presign('GET', 'a', 60), { method, headers }));
  const put = async (body: RequestInit['body'], headers: HeadersInit = {}, key = 'new') =>
    serve(new Request(await store.presign('PUT', key, 60), { method: 'PUT', headers, body: body ?? null, duplex: 'half' } as RequestInit));
  const etag = async () => `"${(await store.head('a'))?.etag}"`;

  it('says of an object what a client needs to cache, resume and not run it', async () => {
    const response = await get();
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'private',
      'content-length': '10',
      'content-security-policy': 'sandbox',
      'content-type': 'text/html',
      etag: await etag(),
      'last-modified': 'Thu, 01 Jan 2026 12:00:00 GMT',
      'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).toBe('0123456789');
  });

  it('answers HEAD without a body', async () => {
    const response = await get({ range: 'bytes=0-1' }, 'HEAD');
    expect([response.status, response.headers.get('content-length'), response.body]).toEqual([200, '10', null]);
  });

  it.each([
    ['bytes=0-0', 'bytes 0-0/10', '0'],
    ['bytes=7-', 'bytes 7-9/10', '789'],
    ['bytes=-3', 'bytes 7-9/10', '789'],
    ['bytes=-100', 'bytes 0-9/10', '0123456789'],
    ['bytes=8-99', 'bytes 8-9/10', '89'],
  ])('answers %s with that part', async (range, contentRange, content) => {
    const response = await get({ range });
    expect([response.status, response.headers.get('content-range'), response.headers.get('content-length')]).toEqual([
      206,
      contentRange,
      `${content.length}`,
    ]);
    expect(await response.text()).toBe(content);
  });

  it.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])('answers %s with 416 and the size', async (range) => {
    const response = await get({ range });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(await response.json()).toMatchObject({ code: 'range-not-satisfiable' });
  });

  it.each(['bytes=0-1,3-4', 'bytes=5-3', 'lines=1-2', 'bytes=-', 'bytes=a-b'])('answers %s with the whole', async (range) => {
    const response = await get({ range });
    expect([response.status, await response.text()]).toEqual([200, '0123456789']);
  });

  it('answers a range with the whole where If-Range names another object', async () => {
    const [stale, fresh] = [
      await get({ range: 'bytes=0-1', 'if-range': '"older"' }),
      await get({ range: 'bytes=0-1', 'if-range': await etag() }),
    ];
    expect([await stale.text(), await fresh.text()]).toEqual(['0123456789', '01']);
  });

  it('answers 304 to the client that has the object', async () => {
    for (const tag of [await etag(), `"other", W/${await etag()}`, '*']) expect((await get({ 'if-none-match': tag })).status).toBe(304);
    expect(await (await get({ 'if-none-match': '"other"' })).text()).toBe('0123456789');
  });

  it('stores what is put, and says its etag', async () => {
    const response = await put('sent', { 'content-type': 'text/plain' });
    expect([response.status, response.headers.get('etag')]).toEqual([201, `"${(await store.head('new'))?.etag}"`]);
    expect(await contentOf(store, 'new')).toBe('sent');
  });

  it('stores nothing for a PUT without a body but the empty object', async () => {
    expect((await put(null)).status).toBe(201);
    expect((await store.head('new'))?.sizeBytes).toBe(0);
  });

  it('answers 412 to If-None-Match where the key is taken', async () => {
    const response = await put('second', { 'if-none-match': '*' }, 'a');
    expect([response.status, await response.json()]).toMatchObject([412, { code: 'object-exists' }]);
    expect(await contentOf(store, 'a')).toBe('0123456789');
  });

  it.each([
    ['declared', { 'content-length': '1001' }],
    ['streamed', {}],
  ])('answers 413 to a %s body over the limit', async (_, headers) => {
    const body = new Blob(['x'.repeat(600), 'x'.repeat(600)]).stream();
    const response = await put(body, headers);
    expect([response.status, await response.json()]).toMatchObject([413, { code: 'object-too-large' }]);
    expect(await store.head('new')).toBeUndefined();
  });

  it('answers 400 to a body that breaks off, and keeps nothing of it', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(10));
        controller.error(new TypeError('aborted'));
      },
    });
    const response = await put(body);
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'upload-interrupted' }]);
    expect(await store.head('new')).toBeUndefined();
  });

  it('answers 400 to a part of an object', async () => {
    expect((await put('x', { 'content-range': 'bytes 0-0/2' })).status).toBe(400);
  });

  it('answers 405 to other methods', async () => {
    const response = await get({}, 'DELETE');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT']);
  });

  it('explains a refused signature as problem details', async () => {
    const url = new URL(await store.presign('GET', 'a', 60));
    url.searchParams.set('signature', 'x');
    const response = await serve(new Request(url));
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      detail: expect.any(String),
      code: 'signature-invalid',
    });
  });

  it('tells an expired URL from a forged one', async () => {
    const url = await store.presign('GET', 'a', 60);
    const after = new Date(now.getTime() + 60_000);
    expect(await (await serve(new Request(url), after)).json()).toMatchObject({ code: 'signature-expired' });
    expect(await (await serve(new Request(url.replace('expires=1', 'expires=9')), after)).json()).toMatchObject({
      code: 'signature-invalid',
    });
  });

  it.each([
    ['another store', (url: string) => url.replace('/artifacts/', '/exports/')],
    ['a key that is no text', (url: string) => url.replace('/artifacts/a', '/artifacts/%ff')],
    ['no key', (url: string) => url.replace('/artifacts/a', '/artifacts/')],
    ['another way up', (url: string) => url.replace('/artifacts/a', '/artifacts/b/../../exports/a')],
  ])('refuses a URL changed to name %s', async (_, changed) => {
    expect((await serve(new Request(changed(await store.presign('GET', 'a', 60))))).status).toBe(403);
  });

  it('refuses a URL signed with another key', async () => {
    const other = localObjectStore({
      folder,
      name: 'artifacts',
      baseUrl: () => 'http://127.0.0.1',
      signingKey: randomBytes(32),
      clock: { now: () => now },
    });
    expect((await serve(new Request(await other.presign('GET', 'a', 60)))).status).toBe(403);
  });

  it('answers 404 for a store that the platform does not have', async () => {
    const options = { signingKey, now, maxBytes };
    const response = await serveObject(() => undefined, new Request(await store.presign('GET', 'a', 60)), options);
    expect(response.status).toBe(404);
  });
});
