import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { usualBackoff } from '../cloud/retry.ts';
import { rejection } from '../conformance/harness.ts';
import { breakingOff, chunks, codeOf } from '../conformance/object-store-harness.ts';
import { proofsOf } from '../conformance/proof.ts';
import { semantics } from '../conformance/semantics.ts';
import { awsClient } from './client.ts';
import { s3ObjectStore } from './object-store.ts';
import { type Answer, answeringClient, connectionReset, testEnvironment } from './test-answers.ts';

const { observed } = proofsOf('ObjectStore', 'answers from the API reference');
const mebibyte = 1024 * 1024;

/** An object store to whose requests S3 answers as told. */
const answering = (answers: readonly Answer[], environment = testEnvironment) => {
  const { client, sent, waits } = answeringClient(answers, environment);
  const backoff = { ...usualBackoff, random: () => 1, wait: async (millis: number) => void waits.push(millis) };
  const store = observed(s3ObjectStore({ client, bucket: 'artifacts', backoff }));
  const requests = () => sent.map(({ method, url }) => `${method} ${url.replace('https://s3.eu-central-1.amazonaws.com', '')}`);
  return { store, sent, waits, requests };
};

const answer = (status: number, body = '', headers: Record<string, string> = {}): Answer => ({ status, body, headers });
const stored = (headers: Record<string, string> = {}): Answer =>
  answer(200, '', { etag: '"e"', date: 'Sun, 01 Nov 2026 12:00:00 GMT', 'last-modified': 'Sun, 01 Nov 2026 12:00:00 GMT', ...headers });
/** API reference, "Error responses": the body of an error. */
const error = (status: number, code: string, more = ''): Answer =>
  answer(
    status,
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>as the reference says</Message>${more}</Error>`,
  );
const upload = answer(
  200,
  '<InitiateMultipartUploadResult><Bucket>artifacts</Bucket><UploadId>u.1</UploadId></InitiateMultipartUploadResult>',
);
const completed = answer(200, '<CompleteMultipartUploadResult><ETag>&quot;whole-2&quot;</ETag></CompleteMultipartUploadResult>');
const copied = answer(200, '<CopyObjectResult><LastModified>2026-11-01T12:00:00.000Z</LastModified><ETag>"e"</ETag></CopyObjectResult>');

async function* blocks(count: number, bytes: number): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n++) yield new Uint8Array(bytes).fill(n);
}

describe('what is put into S3', () => {
  it('is one request with its digest where it is small, for its type and under its key', async () => {
    const { store, sent, requests } = answering([stored()]);
    expect(await store.put("a b/ä+'(1)*!", chunks('one ', 'two'), { contentType: 'text/plain' })).toEqual({
      ...{ key: "a b/ä+'(1)*!", sizeBytes: 7, etag: 'e', contentType: 'text/plain' },
      modifiedAt: '2026-11-01T12:00:00.000Z',
    });
    expect(requests()).toEqual(['PUT /artifacts/a%20b/%C3%A4%2B%27%281%29%2A%21']);
    expect(Buffer.from(sent[0]?.body as Uint8Array).toString()).toBe('one two');
    expect(sent[0]?.headers.get('x-amz-content-sha256')).toBe(createHash('sha256').update('one two').digest('hex'));
    // Else a bucket whose objects are locked takes none.
    expect(sent[0]?.headers.get('content-md5')).toBe(createHash('md5').update('one two').digest('base64'));
    expect(sent[0]?.headers.get('content-type')).toBe('text/plain');
  });

  it('is parts of 8 MiB where it is larger, and the whole is as large as they are', async () => {
    const { store, sent, requests } = answering([upload, stored(), stored(), stored(), completed]);
    expect(await store.put('big', blocks(17, mebibyte))).toMatchObject({ key: 'big', sizeBytes: 17 * mebibyte, etag: 'whole-2' });
    const [begun, ...others] = requests();
    const completion = others.pop();
    expect([begun, completion]).toEqual(['POST /artifacts/big?uploads=', 'POST /artifacts/big?uploadId=u.1']);
    // Parts go side by side: which of them arrives first is up to the machine.
    const sizes = others.map((part, at) => [part, ((sent[at + 1] as (typeof sent)[number]).body as Uint8Array).byteLength / mebibyte]);
    expect(Object.fromEntries(sizes)).toEqual({
      'PUT /artifacts/big?partNumber=1&uploadId=u.1': 8,
      'PUT /artifacts/big?partNumber=2&uploadId=u.1': 8,
      'PUT /artifacts/big?partNumber=3&uploadId=u.1': 1,
    });
    expect(Buffer.from(sent[4]?.body as Uint8Array).toString()).toContain(
      '<Part><PartNumber>3</PartNumber><ETag>&#34;e&#34;</ETag></Part>',
    );
  });

  it('is one request up to exactly 8 MiB', async () => {
    const { store, requests } = answering([stored()]);
    expect(await store.put('a', blocks(8, mebibyte))).toMatchObject({ sizeBytes: 8 * mebibyte });
    expect(requests()).toEqual(['PUT /artifacts/a']);
  });

  it('leaves nothing where its source breaks off, also after parts of it', async () => {
    const small = answering([]);
    await expect(small.store.put('a', breakingOff('half', new TypeError('cable pulled')))).rejects.toThrow('cable pulled');
    expect(small.requests()).toEqual([]);

    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* blocks(17, mebibyte);
      throw new TypeError('cable pulled');
    }
    const large = answering([upload, stored(), stored(), answer(200)]);
    await expect(large.store.put('a', broken())).rejects.toThrow('cable pulled');
    expect(large.requests().at(-1)).toBe('DELETE /artifacts/a?uploadId=u.1');
    expect(large.requests()).not.toContain('POST /artifacts/a?uploadId=u.1');
  });

  it('leaves nothing where a part is refused, or the whole is, though S3 has begun to answer 200', async () => {
    const refused = answering([upload, error(403, 'AccessDenied'), stored(), answer(200)]);
    await expect(refused.store.put('a', blocks(9, mebibyte))).rejects.toMatchObject({ details: { code: 'AccessDenied' } });
    expect(refused.requests().at(-1)).toBe('DELETE /artifacts/a?uploadId=u.1');
    const late = answering([upload, stored(), stored(), error(200, 'AccessDenied'), answer(200)]);
    await expect(late.store.put('a', blocks(9, mebibyte))).rejects.toMatchObject({ details: { code: 'AccessDenied' } });
    expect(late.requests().at(-1)).toBe('DELETE /artifacts/a?uploadId=u.1');
  });

  it('is completed again after an error of S3 that came with a 200', async () => {
    const { store } = answering([upload, stored(), stored(), error(200, 'InternalError'), completed]);
    expect(await store.put('a', blocks(9, mebibyte))).toMatchObject({ etag: 'whole-2' });
  });

  it('is sent again where S3 asks to slow down, or the connection broke', async () => {
    const { store, requests, waits } = answering([error(503, 'SlowDown'), connectionReset(), stored()]);
    expect(await store.put('a', chunks('x'))).toMatchObject({ etag: 'e' });
    expect([requests().length, waits]).toEqual([3, [50, 100]]);
  });

  it('fails once where the credentials have expired', async () => {
    const { store, sent } = answering([error(400, 'ExpiredToken')]);
    expect(await rejection(store.put('a', chunks('x')))).toEqual({ failure: 'unavailable', code: 'cloud-credentials' });
    expect(sent).toHaveLength(1);
  });
});

/** S3 that does a write and loses its answer; then the key is taken. An object shows which write made it. */
const losingAnswer = () => {
  let write: string | null = null;
  const methods: string[] = [];
  const s3 = (async (_url: URL, { method = '', headers }: { method?: string; headers: Headers }) => {
    methods.push(method);
    if (method === 'HEAD') return new Response('', { headers: { 'x-amz-meta-write': write ?? '', etag: '"own"', 'content-length': '1' } });
    if (write !== null) return new Response('<Error><Code>PreconditionFailed</Code></Error>', { status: 412 });
    write = headers.get('x-amz-meta-write');
    throw connectionReset();
  }) as unknown as typeof fetch;
  const backoff = { ...usualBackoff, wait: async () => undefined };
  const store = s3ObjectStore({ client: awsClient({ environment: testEnvironment, fetch: s3, backoff }), bucket: 'artifacts', backoff });
  return { store, methods };
};

describe('a put if-none-match', () => {
  const condition = { ifNoneMatch: '*' } as const;

  it('says so to S3, and is refused where S3 answers that there is one', async () => {
    const { store, sent } = answering([error(412, 'PreconditionFailed'), stored()]);
    expect(codeOf(await store.put('a', chunks('x'), condition))).toBe('object-exists');
    expect(sent[0]?.headers.get('if-none-match')).toBe('*');
  });

  it('has succeeded where what is there is its own: the answer before was lost', async () => {
    const { store, methods } = losingAnswer();
    expect(await store.put('a', chunks('x'), condition)).toMatchObject({ key: 'a', sizeBytes: 1, etag: 'own' });
    expect(methods).toEqual(['PUT', 'PUT', 'HEAD']);
  });

  it('is refused where who may not read cannot know whose it is', async () => {
    const { store } = answering([error(412, 'PreconditionFailed'), answer(403)]);
    expect(codeOf(await store.put('a', chunks('x'), condition))).toBe('object-exists');
  });

  it('is tried again where another write was under way (409), and refused where that won', async () => {
    const won = answering([error(409, 'ConditionalRequestConflict'), stored()]);
    expect(await won.store.put('a', chunks('x'), condition)).toMatchObject({ etag: 'e' });
    const lost = answering([error(409, 'ConditionalRequestConflict'), error(412, 'PreconditionFailed'), stored()]);
    expect(codeOf(await lost.store.put('a', chunks('x'), condition))).toBe('object-exists');
  });

  it('of parts is refused when it is completed, and aborted', async () => {
    const { store, requests, sent } = answering([upload, stored(), stored(), error(412, 'PreconditionFailed'), stored(), answer(200)]);
    expect(codeOf(await store.put('a', blocks(9, mebibyte), condition))).toBe('object-exists');
    expect(sent[3]?.headers.get('if-none-match')).toBe('*');
    expect(requests().slice(-2)).toEqual(['HEAD /artifacts/a', 'DELETE /artifacts/a?uploadId=u.1']);
  });

  it('of parts whose completion met another write and left nothing fails, for its source cannot be read again', async () => {
    const conflict = error(409, 'ConditionalRequestConflict');
    const { store } = answering([upload, stored(), stored(), conflict, answer(404), answer(200)]);
    await expect(store.put('a', blocks(9, mebibyte), condition)).rejects.toMatchObject({ details: { code: 'ConditionalRequestConflict' } });
  });
});

describe('what is read from S3', () => {
  it('is a range as it was asked for, with the size of the whole', async () => {
    const { store, sent } = answering([answer(206, '234', { 'content-range': 'bytes 2-4/10', 'content-length': '3', etag: '"e"' })]);
    expect(await store.get('a', { start: 2, end: 4 })).toMatchObject({ info: { sizeBytes: 10, etag: 'e' } });
    expect(sent[0]?.headers.get('range')).toBe('bytes=2-4');
  });

  it('is refused past the end, and told how large the object is', async () => {
    const { store } = answering([
      error(416, 'InvalidRange', '<RangeRequested>bytes=10-</RangeRequested><ActualObjectSize>10</ActualObjectSize>'),
    ]);
    expect(await store.get('a', { start: 10 })).toMatchObject({ code: 'range-not-satisfiable', extra: { sizeBytes: 10 } });
  });

  it('is nothing where there is none, and an error where S3 keeps that from us', async () => {
    expect(await answering([error(404, 'NoSuchKey')]).store.get('a')).toBeUndefined();
    expect(await answering([answer(404)]).store.head('a')).toBeUndefined();
    await expect(answering([answer(403)]).store.head('a')).rejects.toMatchObject({ details: { code: 'Http403' } });
    await expect(answering([error(404, 'NoSuchBucket')]).store.get('a')).rejects.toMatchObject({ details: { code: 'NoSuchBucket' } });
  });

  it('is a list whose names are decoded, and whose cursor is the last of them', async () => {
    const page = answer(
      200,
      `<ListBucketResult><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>
       <Contents><Key>a/b+c%2B%C3%A4%0A</Key><LastModified>2026-11-01T12:00:00.123Z</LastModified><ETag>&quot;e&quot;</ETag><Size>7</Size></Contents>
       </ListBucketResult>`,
    );
    const { store, requests } = answering([page, answer(200, '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>')]);
    const { items, next } = await store.list('a/', { limit: 1 });
    expect(items).toEqual([{ key: 'a/b c+ä\n', sizeBytes: 7, etag: 'e', modifiedAt: '2026-11-01T12:00:00.000Z' }]);
    expect(await store.list('a/', { cursor: next ?? '' })).toEqual({ items: [], next: null });
    expect(requests()).toEqual([
      'GET /artifacts?list-type=2&encoding-type=url&max-keys=1&prefix=a%2F',
      'GET /artifacts?list-type=2&encoding-type=url&max-keys=100&prefix=a%2F&start-after=a%2Fb%20c%2B%C3%A4%0A',
    ]);
  });
});

describe('a copy in S3', () => {
  it('names its source, and is refused if-none-match where there is one already', async () => {
    const { store, sent } = answering([stored({ 'content-length': '3' }), copied]);
    expect(await store.copy('from here', 'to')).toMatchObject({ key: 'to', sizeBytes: 3 });
    expect(sent[1]?.headers.get('x-amz-copy-source')).toBe('/artifacts/from%20here');
    const taken = answering([stored(), error(412, 'PreconditionFailed')]);
    expect(codeOf(await taken.store.copy('a', 'b', { ifNoneMatch: '*' }))).toBe('object-exists');
    expect(taken.sent[1]?.headers.get('if-none-match')).toBe('*');
  });

  it('is made again where another write was under way, or S3 failed after its 200', async () => {
    const conflict = answering([stored(), error(409, 'ConditionalRequestConflict'), copied]);
    expect(await conflict.store.copy('a', 'b', { ifNoneMatch: '*' })).toMatchObject({ key: 'b' });
    const late = answering([stored(), error(200, 'InternalError'), copied]);
    expect(await late.store.copy('a', 'b')).toMatchObject({ key: 'b' });
  });

  it('if-none-match has succeeded where what is there is its own: the answer before was lost', async () => {
    const { store, methods } = losingAnswer();
    expect(await store.copy('a', 'b', { ifNoneMatch: '*' })).toMatchObject({ key: 'b', etag: 'own' });
    expect(methods).toEqual(['HEAD', 'PUT', 'PUT', 'HEAD']);
  });

  it('if-none-match keeps the type of its content, and not whose write the source was', async () => {
    const { store, sent } = answering([stored({ 'content-type': 'text/x' }), copied]);
    await store.copy('a', 'b', { ifNoneMatch: '*' });
    const { headers } = sent[1] ?? { headers: new Headers() };
    expect([headers.get('x-amz-metadata-directive'), headers.get('content-type')]).toEqual(['REPLACE', 'text/x']);
  });

  it('is made again where its answer breaks off', async () => {
    const broken = () => new ReadableStream({ pull: (controller) => controller.error(connectionReset()) });
    const answers = [new Response(null), new Response(broken()), new Response('<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>')];
    const s3 = (async () => answers.shift()) as unknown as typeof fetch;
    const backoff = { ...usualBackoff, wait: async () => undefined };
    const store = s3ObjectStore({ client: awsClient({ environment: testEnvironment, fetch: s3, backoff }), bucket: 'artifacts', backoff });
    expect(await store.copy('a', 'b')).toMatchObject({ key: 'b', etag: 'e' });
    expect(answers).toEqual([]);
  });

  it('is not found where the source went meanwhile', async () => {
    expect(codeOf(await answering([stored(), error(404, 'NoSuchKey')]).store.copy('a', 'b'))).toBe('object-not-found');
  });
});

describe('an upload in parts', () => {
  const part = { part: 1, etag: 'e' };
  const begun = async (answers: readonly Answer[]) => {
    const { store } = answering([upload, ...answers]);
    return { store, id: await store.startMultipart('a') };
  };

  it.each(['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML'])('is an invalid part where S3 says %s', async (code) => {
    const { store, id } = await begun([error(400, code)]);
    expect(codeOf(await store.completeMultipart(id, [part]))).toBe('invalid-part');
  });

  it('is not there where S3 says so, and aborting it is no failure', async () => {
    const { store, id } = await begun([1, 2, 3].map(() => error(404, 'NoSuchUpload')));
    expect(codeOf(await store.putPart(id, 1, chunks('x')))).toBe('upload-not-found');
    expect(codeOf(await store.completeMultipart(id, [part]))).toBe('upload-not-found');
    expect(await store.abortMultipart(id)).toBeUndefined();
  });

  it('takes no part of more than 64 MiB, and reads no more of it', async () => {
    const { store, id } = await begun([]);
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; ; read++) yield new Uint8Array(mebibyte);
    }
    expect(codeOf(await store.putPart(id, 1, endless()))).toBe('invalid-part');
    expect(read).toBe(semantics.aws.objectStore.largestPart / mebibyte);
  });

  it('throws where anything else goes wrong', async () => {
    const { store, id } = await begun([error(403, 'AccessDenied'), error(403, 'AccessDenied')]);
    await expect(store.completeMultipart(id, [part])).rejects.toMatchObject({ details: { code: 'AccessDenied' } });
    await expect(store.abortMultipart(id)).rejects.toMatchObject({ details: { code: 'AccessDenied' } });
  });
});

describe('a presigned URL of S3', () => {
  it('carries the session of the role that signed it, and its time in whole seconds', async () => {
    const { store } = answering([], { ...testEnvironment, AWS_SESSION_TOKEN: 'session' } as typeof testEnvironment);
    const url = new URL(await store.presign('PUT', 'a b', 59.5));
    expect(`${url.origin}${url.pathname}`).toBe('https://s3.eu-central-1.amazonaws.com/artifacts/a%20b');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Expires': '60',
      'X-Amz-Security-Token': 'session',
      'X-Amz-SignedHeaders': 'host',
    });
  });
});
