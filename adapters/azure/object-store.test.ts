import { describe, expect, it } from 'vitest';
import { rejection } from '../conformance/harness.ts';
import { chunks, codeOf, succeeded } from '../conformance/object-store-harness.ts';
import { blobObjectStore } from './object-store.ts';
import { type Answer, answeringClient, connectionReset, ok, storageFault } from './test-answers.ts';

const containerUrl = 'https://account.blob.core.windows.net/container';
const properties = { etag: '"0x1"', 'last-modified': 'Sun, 01 Nov 2026 12:00:00 GMT', 'content-length': '3', 'content-type': 'text/plain' };
const created: Answer = { status: 201, headers: properties };
const missing = storageFault(404, 'BlobNotFound');
const megabyte = 1024 * 1024;

const storeOn = (...answers: readonly Answer[]) => {
  const { client, clock, ...seen } = answeringClient(answers);
  return { store: blobObjectStore({ client, containerUrl, clock }), clock, ...seen };
};

describe('a put', () => {
  it('is one request with its digest and type', async () => {
    const { store, sent } = storeOn(created);
    expect(await store.put('a/b c', chunks('abc'), { contentType: 'text/plain' })).toEqual({
      ...{ key: 'a/b c', sizeBytes: 3, etag: '0x1', contentType: 'text/plain' },
      modifiedAt: '2026-11-01T12:00:00.000Z',
    });
    expect(sent[0]).toMatchObject({ method: 'PUT', url: `${containerUrl}/a/b%20c`, body: 'abc' });
    expect(sent[0]?.headers).toMatchObject({
      'content-md5': 'kAFQmDzST7DWlj99KOF/cg==',
      'x-ms-blob-type': 'BlockBlob',
      'x-ms-blob-content-type': 'text/plain',
    });
    expect(sent[0]?.headers).not.toHaveProperty('if-none-match');
  });
  it.each(['BlobAlreadyExists', 'ConditionNotMet'])('if-none-match is refused after %s', async (code) => {
    const { store, sent } = storeOn(storageFault(code === 'ConditionNotMet' ? 412 : 409, code), { status: 200, headers: properties });
    expect(codeOf(await store.put('a', chunks('abc'), { ifNoneMatch: '*' }))).toBe('object-exists');
    expect(sent[0]?.headers).toMatchObject({ 'if-none-match': '*' });
  });
  it('if-none-match whose answer was lost has succeeded, and is no conflict with itself', async () => {
    const { client, clock, sent } = answeringClient([connectionReset(), storageFault(409, 'BlobAlreadyExists'), ok('', properties)]);
    const store = blobObjectStore({
      client: {
        ...client,
        // What is read back bears the mark of the write that was sent.
        call: async (service, request) => {
          const answer = await client.call(service, request);
          const mark = sent[0]?.headers['x-ms-meta-write'];
          if (request.method === 'HEAD' && mark !== undefined) answer.headers.set('x-ms-meta-write', mark);
          return answer;
        },
      },
      containerUrl,
      clock,
    });
    expect(succeeded(await store.put('a', chunks('abc'), { ifNoneMatch: '*' }))).toMatchObject({ key: 'a', sizeBytes: 3 });
  });
  it('of much is blocks and the list of them, of one form of id', async () => {
    const { store, sent } = storeOn(created, created, created, created);
    succeeded(await store.put('a', chunks(new Uint8Array(9 * megabyte), new Uint8Array(8 * megabyte)), { contentType: 'text/plain' }));
    const texts = sent.slice(0, 3).map(({ url }) => Buffer.from(new URL(url).searchParams.get('blockid') ?? '', 'base64').toString());
    const ids = texts.sort().map((text) => Buffer.from(text).toString('base64'));
    expect(texts.map(({ length }) => length)).toEqual([48, 48, 48]);
    expect(sent[3]?.url).toBe(`${containerUrl}/a?comp=blocklist`);
    expect(sent[3]?.body).toContain(`<BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`);
    expect(sent[3]?.headers).toMatchObject({ 'x-ms-blob-content-type': 'text/plain' });
  });
  it('of much whose blocks another took away fails, and is refused where that shall be', async () => {
    const gone = storageFault(400, 'InvalidBlockList');
    const large = () => chunks(new Uint8Array(9 * megabyte));
    expect(await rejection(storeOn(created, created, gone).store.put('a', large()))).toEqual({
      failure: 'unavailable',
      code: 'cloud-unavailable',
    });
    const taken = storeOn(created, created, gone, { status: 200, headers: properties });
    expect(codeOf(await taken.store.put('a', large(), { ifNoneMatch: '*' }))).toBe('object-exists');
    const unknown = storeOn(created, created, gone, missing);
    expect((await rejection(unknown.store.put('a', large(), { ifNoneMatch: '*' }))).code).toBe('cloud-unavailable');
  });
});

describe('a copy', () => {
  const head = ok('', properties);
  it('names its source and the version of it that was looked at', async () => {
    const { store, sent } = storeOn(head, { status: 202, headers: { ...properties, etag: '"0x2"', 'x-ms-copy-status': 'success' } });
    expect(await store.copy('a b', 'c')).toMatchObject({ key: 'c', etag: '0x2', sizeBytes: 3, contentType: 'text/plain' });
    expect(sent[1]?.headers).toMatchObject({ 'x-ms-copy-source': `${containerUrl}/a%20b`, 'x-ms-source-if-match': '"0x1"' });
  });
  it('is waited for where it takes its time, and fails where the service gives it up', async () => {
    const status = (copy: string): Answer => ok('', { ...properties, etag: '"0x3"', 'x-ms-copy-status': copy });
    expect(await storeOn(head, status('pending'), status('pending'), status('success')).store.copy('a', 'c')).toMatchObject({
      etag: '0x3',
    });
    expect((await rejection(storeOn(head, status('pending'), status('failed')).store.copy('a', 'c'))).code).toBe('cloud-unavailable');
  });
  it('if-none-match is refused where there is one already', async () => {
    const { store } = storeOn(head, storageFault(409, 'BlobAlreadyExists'), head);
    expect(codeOf(await store.copy('a', 'c', { ifNoneMatch: '*' }))).toBe('object-exists');
  });
});

describe('an object that is not there', () => {
  it('is not told from one in a container that is missing or forbidden only where it is', async () => {
    expect(await storeOn(missing).store.head('a')).toBeUndefined();
    for (const fault of [storageFault(404, 'ContainerNotFound'), storageFault(403, 'AuthorizationPermissionMismatch')])
      expect(await rejection(storeOn(fault).store.head('a'))).toEqual({ failure: 'unavailable', code: 'cloud-unavailable' });
  });
});

describe('a list', () => {
  it('reads names that XML could not hold, and passes over uploads that have begun', async () => {
    const blob = (name: string) =>
      `<Blob>${name}<Properties><Last-Modified>Sun, 01 Nov 2026 12:00:00 GMT</Last-Modified><Etag>0x1</Etag><Content-Length>3</Content-Length></Properties></Blob>`;
    const body = (blobs: string, next: string) =>
      ok(`<?xml version="1.0"?><EnumerationResults><Blobs>${blobs}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`);
    const { store, sent } = storeOn(
      body(blob('<Name>/uploads/x</Name>') + blob('<Name Encoded="true">a%00b</Name>'), '2!more'),
      body(blob('<Name>b &amp; c</Name>'), ''),
    );
    const { items, next } = await store.list('', { limit: 2 });
    expect([items.map(({ key }) => key), next]).toEqual([['a\u0000b', 'b & c'], null]);
    expect(new URL(sent[1]?.url ?? '').searchParams.get('marker')).toBe('2!more');
  });
});

describe('a presigned URL', () => {
  const key = ok(
    '<?xml version="1.0"?><UserDelegationKey><SignedOid>o</SignedOid><SignedTid>t</SignedTid><SignedStart>2026-11-01T11:59:00Z</SignedStart><SignedExpiry>2026-11-08T12:00:00Z</SignedExpiry><SignedService>b</SignedService><SignedVersion>2022-11-02</SignedVersion><Value>c2VjcmV0</Value></UserDelegationKey>',
  );
  it('is signed with a key that serves many, and another where it would not hold long enough', async () => {
    const { store, clock, sent } = storeOn(key, key);
    const url = new URL(await store.presign('GET', 'a/b', 60));
    await store.presign('PUT', 'c', 3600);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.url).toBe('https://account.blob.core.windows.net/?restype=service&comp=userdelegationkey');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      sp: 'r',
      sr: 'b',
      spr: 'https',
      se: '2026-11-01T12:01:00Z',
      skoid: 'o',
      sktid: 't',
    });
    clock.advance(60);
    await store.presign('GET', 'a', 604_800);
    expect(sent).toHaveLength(2);
  });
  it('asks for a key again after one that was not given', async () => {
    const { store } = storeOn(storageFault(403, 'AuthorizationPermissionMismatch'), key);
    expect((await rejection(store.presign('GET', 'a', 60))).code).toBe('cloud-unavailable');
    expect(await store.presign('GET', 'a', 60)).toContain('sig=');
  });
});
