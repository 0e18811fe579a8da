import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { claimIdempotency, type Idempotency } from '../kernel/idempotency.ts';
import { parseContentDigest } from './content-digest.ts';
import { models } from './context.ts';
import { rangeOf } from './get-artifact.ts';
import { member, world } from './world.ts';

const digits = { name: 'digits' };
const digest = (text: string, algorithm = 'sha256') => createHash(algorithm).update(text).digest();
const start = async () => {
  const on = world(inMemoryTable(models.tables.registry));
  await on.call('POST /v1/models', {}, { body: digits });
  return on;
};
type World = Awaited<ReturnType<typeof start>>;
const upload = (on: World, body: unknown, options: { headers?: Record<string, string>; idempotency?: Idempotency } = {}) =>
  on.call('POST /v1/models/{name}/versions', digits, { body, ...options });

const claim = async (on: World, key: string, instance = 'first'): Promise<Idempotency> => {
  const claimant = { tenant: 'acme', principal: 'key:ada', route: 'POST /v1/models/{name}/versions', key, leaseMillis: 1000 };
  const claimed = await claimIdempotency(on.table, claimant, { ...on.ports, instance: { id: instance, sole: true } });
  if (isFailure(claimed)) throw new TypeError(claimed.code);
  return claimed;
};

describe('an uploaded version', () => {
  it('is shown with its number, its digest and its signature', async () => {
    const answer = await upload(await start(), 'onnx');
    expect(answer).toMatchObject({ status: 201, headers: { location: '/v1/models/digits/versions/1' } });
    expect(answer.body).toMatchObject({
      version: '1',
      digest: `sha256:${digest('onnx').toString('hex')}`,
      sizeBytes: 4,
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }],
      outputs: [{ name: 'y' }],
      state: 'ready',
    });
  });
  it('is kept by its digest, the same bytes once', async () => {
    const on = await start();
    const versions = [await upload(on, 'onnx'), await upload(on, 'onnx')].map((answer) => member(answer, 'version'));
    expect(versions).toEqual(['1', '2']);
    expect(on.keys()).toEqual([`acme/sha256/${digest('onnx').toString('hex')}`]);
  });
  it('gets a number of its own among many at once', async () => {
    const on = await start();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => upload(on, `onnx ${n}`)));
    expect(answers.map((answer) => Number(member(answer, 'version'))).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
  it('is listed by number, page by page', async () => {
    const on = await start();
    for (let n = 1; n <= 11; n++) await upload(on, `onnx ${n}`);
    const page = await on.call('GET /v1/models/{name}/versions', digits, { query: { limit: '10' } });
    const rest = await on.call('GET /v1/models/{name}/versions', digits, { query: { cursor: String(member(page, 'next')) } });
    expect((member(page, 'data') as { version: string }[]).at(-1)?.version).toBe('10');
    expect(rest.body).toMatchObject({ data: [{ version: '11' }], next: null });
  });
});

describe('an upload that is refused', () => {
  const refused = async (body: unknown, headers: Record<string, string>, expected: object) => {
    const on = await start();
    expect(await upload(on, body, { headers })).toMatchObject(expected);
    expect(on.keys()).toEqual([]);
    expect(member(await on.call('GET /v1/models/{name}/versions', digits), 'data')).toEqual([]);
  };

  it('is empty', () => refused('', {}, { status: 422, body: { code: 'not-an-onnx-model' } }));
  it('is no model', () => refused('text', {}, { status: 422, body: { code: 'not-an-onnx-model' } }));
  it('has another SHA-256 than it states', () =>
    refused(
      'onnx',
      { 'content-digest': `sha-256=:${digest('else').toString('base64')}:` },
      { status: 422, body: { code: 'digest-mismatch' } },
    ));
  it('has another SHA-512 than it states', () =>
    refused(
      'onnx',
      { 'content-digest': `sha-512=:${digest('else', 'sha512').toString('base64')}:` },
      { status: 422, body: { code: 'digest-mismatch' } },
    ));
  it('states a digest that is none', () =>
    refused('onnx', { 'content-digest': 'sha-256=abc' }, { status: 422, body: { code: 'invalid-content-digest' } }));
  it('breaks off', async () => {
    const on = await start();
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('onnx')),
      pull: (controller) => controller.error(new TypeError('gone')),
    });
    await expect(upload(on, broken)).rejects.toThrow('gone');
    expect(on.keys()).toEqual([]);
  });
  it('is for an unknown model, whose body is not read', async () => {
    const on = await start();
    const unread = new ReadableStream({ pull: (controller) => controller.error(new TypeError('was read')) }, { highWaterMark: 0 });
    const answer = await on.call('POST /v1/models/{name}/versions', { name: 'x' }, { body: unread });
    expect(answer).toMatchObject({ status: 404, body: { code: 'model-not-found' } });
  });
  it('comes when the model goes, and leaves no bytes', async () => {
    const on = await start();
    const [answer, deletion] = await Promise.all([upload(on, 'onnx'), on.call('DELETE /v1/models/{name}', digits)]);
    await on.deliver();
    expect(deletion.status).toBe(204);
    expect([201, 404, 409]).toContain(answer.status);
    expect(on.keys()).toEqual([]);
  });
});

describe('an upload that states its digests', () => {
  it('is taken where they hold, algorithms that nobody knows ignored', async () => {
    const stated = `md5=:AAAA:, sha-256=:${digest('onnx').toString('base64')}:, sha-512=:${digest('onnx', 'sha512').toString('base64')}:`;
    expect((await upload(await start(), 'onnx', { headers: { 'content-digest': stated } })).status).toBe(201);
  });
});

describe('an upload under an Idempotency-Key', () => {
  it('is answered the same again and is one version, also where the process died before it could answer', async () => {
    const on = await start();
    const first = await upload(on, 'onnx', { idempotency: await claim(on, 'k') });
    const again = await upload(on, 'onnx', { idempotency: await claim(on, 'k', 'after the restart') });
    expect(again).toMatchObject({ status: 201, body: first.body as object });
    expect(member(await on.call('GET /v1/models/{name}', digits), 'latestVersion')).toBe('1');
  });
  it('is refused with another body', async () => {
    const on = await start();
    const kept = await claim(on, 'k');
    await kept.finish(await upload(on, 'onnx', { idempotency: kept }));
    const other = await upload(on, 'onnx 2', { idempotency: await claim(on, 'k') });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    expect(on.keys()).toHaveLength(1);
  });
  it('may be sent again whole after it came mutilated', async () => {
    const on = await start();
    const headers = { 'content-digest': `sha-256=:${digest('onnx').toString('base64')}:` };
    const kept = await claim(on, 'k');
    await kept.finish(await upload(on, 'on', { headers, idempotency: kept }));
    expect((await upload(on, 'onnx', { headers, idempotency: await claim(on, 'k') })).status).toBe(201);
  });
});

describe('an artifact', () => {
  const read = async (headers: Record<string, string> = {}) => {
    const on = await start();
    await upload(on, 'onnx model');
    const answer = await on.call('GET /v1/models/{name}/versions/{version}/artifact', { ...digits, version: '1' }, { headers });
    return { answer, text: answer.stream === undefined ? '' : await new Response(answer.stream as BodyInit).text() };
  };
  it('comes back as it was, with its digest', async () => {
    const { answer, text } = await read();
    const stated = `sha-256=:${digest('onnx model').toString('base64')}:`;
    expect(text).toBe('onnx model');
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '10', 'content-digest': stated, 'repr-digest': stated } });
  });
  it('comes in part', async () => {
    const { answer, text } = await read({ range: 'bytes=5-' });
    expect(text).toBe('model');
    expect(answer).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 5-9/10', 'content-length': '5' } });
  });
  it('has no part past its end', async () => {
    const { answer } = await read({ range: 'bytes=10-' });
    expect(answer).toMatchObject({
      status: 416,
      headers: { 'content-range': 'bytes */10' },
      body: { code: 'range-not-satisfiable', status: 416 },
    });
  });
  it('is read in any range as a slice of it', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(60), fc.nat(60), (size, first, length) => {
        const range = rangeOf(new Headers({ range: `bytes=${first}-${first + length}` }), '"e"', size);
        const expected = first >= size ? 'unsatisfiable' : { start: first, end: Math.min(first + length, size - 1) };
        expect(range).toEqual(expected);
      }),
    ));
  it('is read whole where the range is of something else or makes no sense', () => {
    for (const range of ['bytes=', 'bytes=-', 'bytes=5-1', 'lines=1-2', 'bytes=0-1,3-4'])
      expect(rangeOf(new Headers({ range }), '"e"', 10)).toBeUndefined();
    expect(rangeOf(new Headers({ range: 'bytes=0-1', 'if-range': '"other"' }), '"e"', 10)).toBeUndefined();
  });
  it('is read from its end', () => expect(rangeOf(new Headers({ range: 'bytes=-3' }), '"e"', 10)).toEqual({ start: 7, end: 9 }));
});

describe('Content-Digest', () => {
  it('gives every digest back that it was made of', () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const hex = Buffer.from(bytes).toString('hex');
        expect(parseContentDigest(`sha-256=:${Buffer.from(bytes).toString('base64')}:;note=1`)).toEqual({ sha256: hex });
      }),
    ));
  it('is malformed where it is no dictionary of byte sequences, or too short', () => {
    for (const header of ['', 'sha-256', 'sha-256=:AAAA:', 'sha-256=:!:', 'SHA-256=:AAAA:', 'sha-256=:AAAA:,'])
      expect(parseContentDigest(header)).toMatchObject({ code: 'invalid-content-digest' });
  });
  it('states nothing where it is absent', () => expect(parseContentDigest(null)).toEqual({}));
});
