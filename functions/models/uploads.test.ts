import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { claimIdempotency } from '../kernel/idempotency.ts';
import { models } from './context.ts';
import { member, world } from './world.ts';

const digits = { name: 'digits' };
const hex = (text: string) => createHash('sha256').update(text).digest('hex');
const start = async () => {
  const on = world(inMemoryTable(models.tables.registry));
  await on.call('POST /v1/models', {}, { body: digits });
  return on;
};
type World = Awaited<ReturnType<typeof start>>;

const keyOf = (url: string): string => new URL(url).pathname.slice(1);
const put = (on: World, key: string, text: string) => on.ports.artifacts.put(key, new Blob([text]).stream());
const begin = async (on: World) => {
  const answer = await on.call('POST /v1/models/{name}/uploads', digits);
  return { answer, id: String(member(answer, 'id')), url: String(answer.onlyOnce?.url) };
};
/** An upload that has arrived. */
const arrived = async (on: World, text: string) => {
  const { id, url } = await begin(on);
  await put(on, keyOf(url), text);
  return id;
};
const register = (on: World, id: string, body: object = {}, more: Parameters<World['call']>[2] = {}) =>
  on.call('POST /v1/models/{name}/uploads/{id}/version', { ...digits, id }, { body, ...more });

describe('an upload', () => {
  it('has a URL to PUT to for an hour, told once, under the tenant that asked', async () => {
    const { answer, id, url } = await begin(await start());
    expect(answer).toMatchObject({ status: 201, body: { method: 'PUT', headers: { 'content-type': 'application/octet-stream' } } });
    expect([keyOf(url), new URL(url).search]).toEqual([`uploads/acme/${id}`, '?method=PUT&expires=3600']);
    expect(member(answer, 'url')).toBeUndefined();
    expect(member(answer, 'expiresAt')).toMatch(/^2026-01-01T01:00:00/);
  });

  it('is for a model that is there', async () => {
    const answer = await (await start()).call('POST /v1/models/{name}/uploads', { name: 'nothing' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'model-not-found' } });
  });

  it('becomes the next version once it has arrived, and is kept no longer', async () => {
    const on = await start();
    const answer = await register(on, await arrived(on, 'onnx model'));
    expect(answer).toMatchObject({ status: 201, headers: { location: '/v1/models/digits/versions/1' } });
    expect(answer.body).toMatchObject({ version: '1', digest: `sha256:${hex('onnx model')}`, sizeBytes: 10 });
    expect(on.keys()).toEqual([`acme/sha256/${hex('onnx model')}`]);
  });

  it('becomes a version also where it cannot be removed', async () => {
    const on = await start();
    const id = await arrived(on, 'onnx');
    Object.assign(on.ports.artifacts, { delete: () => Promise.reject(new TypeError('it is leased')) });
    expect(await register(on, id)).toMatchObject({ status: 201, headers: { location: '/v1/models/digits/versions/1' } });
  });

  it('is not found before it has arrived, nor where its id is none, nor once it is a version', async () => {
    const on = await start();
    const { id } = await begin(on);
    const done = await arrived(on, 'onnx');
    await register(on, done);
    for (const unknown of [id, done, '../acme', '0'.repeat(25)])
      expect(await register(on, unknown), unknown).toMatchObject({ status: 404, body: { code: 'upload-not-found' } });
  });

  it("is not found by another tenant's principals", async () => {
    const on = await start();
    await on.call('POST /v1/models', {}, { body: digits, tenant: 'zeta' });
    const id = await arrived(on, 'onnx');
    expect(await register(on, id, {}, { tenant: 'zeta' })).toMatchObject({ status: 404, body: { code: 'upload-not-found' } });
    expect((await register(on, id)).status).toBe(201);
  });

  it('is taken with the digest that it has, and refused with another', async () => {
    const on = await start();
    const id = await arrived(on, 'onnx');
    expect((await register(on, id, { digest: `sha256:${hex('onnx')}` })).status).toBe(201);
    const other = await arrived(on, 'onnx 2');
    const refused = await register(on, other, { digest: `sha256:${hex('else')}` });
    expect(refused).toMatchObject({ status: 422, body: { code: 'digest-mismatch' } });
  });

  it('that cannot be served leaves no version and no bytes', async () => {
    const on = await start();
    for (const text of ['text', '']) {
      const answer = await register(on, await arrived(on, text));
      expect(answer).toMatchObject({ status: 422, body: { code: 'not-an-onnx-model' } });
    }
    expect(on.keys()).toEqual([]);
    expect(member(await on.call('GET /v1/models/{name}/versions', digits), 'data')).toEqual([]);
  });

  it('is too large where a request would be, and leaves nothing', async () => {
    const on = await start();
    const id = await arrived(on, 'onnx');
    const { head } = on.ports.artifacts;
    Object.assign(on.ports.artifacts, { head: async (key: string) => ({ ...(await head(key)), sizeBytes: 2 * 1024 ** 3 + 1 }) });
    expect(await register(on, id)).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
    expect(on.keys()).toEqual([]);
  });

  it('is kept as it was when it was looked at, whatever is PUT to its URL meanwhile', async () => {
    const on = await start();
    const { id, url } = await begin(on);
    await put(on, keyOf(url), 'onnx good');
    const { inspect } = on.ports.modelHost;
    Object.assign(on.ports.modelHost, {
      inspect: async (key: string) => {
        await put(on, keyOf(url), 'onnx evil');
        return inspect(key);
      },
    });
    expect((await register(on, id)).body).toMatchObject({ digest: `sha256:${hex('onnx good')}` });
    const kept = await on.ports.artifacts.get(`acme/sha256/${hex('onnx good')}`);
    expect(kept && !isFailure(kept) && (await new Response(kept.body).text())).toBe('onnx good');
  });

  it('that is too large once it was copied is let go of, and refused', async () => {
    const on = await start();
    const id = await arrived(on, 'onnx');
    const cancelled: string[] = [];
    const { get } = on.ports.artifacts;
    const large = async (key: string) => {
      const object = await get(key);
      if (object === undefined || isFailure(object)) return object;
      return { info: { ...object.info, sizeBytes: 3 * 1024 ** 3 }, body: new ReadableStream({ cancel: () => void cancelled.push(key) }) };
    };
    Object.assign(on.ports.artifacts, { get: large });
    expect(await register(on, id)).toMatchObject({ body: { code: 'body-too-large' } });
    expect(cancelled).toHaveLength(1);
  });

  it('stays where something of ours failed, so that it can be tried again', async () => {
    const on = await start();
    const id = await arrived(on, 'onnx');
    const { inspect } = on.ports.modelHost;
    Object.assign(on.ports.modelHost, { inspect: () => Promise.reject(new TypeError('gone')) });
    await expect(register(on, id)).rejects.toThrow('gone');
    Object.assign(on.ports.modelHost, { inspect });
    expect((await register(on, id)).status).toBe(201);
  });

  it('is one version under one Idempotency-Key, also where the process died before it could answer', async () => {
    const on = await start();
    const id = await arrived(on, 'onnx');
    const claim = async (instance: string) => {
      const route = 'POST /v1/models/{name}/uploads/{id}/version';
      const claimant = { tenant: 'acme', principal: 'key:ada', route, key: 'k', leaseMillis: 1000 };
      const claimed = await claimIdempotency(on.table, claimant, { ...on.ports, instance: { id: instance, sole: true } });
      return isFailure(claimed) ? expect.unreachable(claimed.code) : claimed;
    };
    const first = await register(on, id, {}, { idempotency: await claim('first') });
    const again = await register(on, id, {}, { idempotency: await claim('after the crash') });
    expect(again).toMatchObject({ status: 201, body: first.body as object });
    expect(member(await on.call('GET /v1/models/{name}', digits), 'latestVersion')).toBe('1');
  });
});

describe('an artifact', () => {
  it('can be had by a presigned URL, for a transport that cannot carry it', async () => {
    const on = await start();
    await register(on, await arrived(on, 'onnx'));
    const answer = await on.call('GET /v1/models/{name}/versions/{version}/artifact', { ...digits, version: '1' });
    expect(await answer.elsewhere?.()).toBe(`https://objects.example/acme/sha256/${hex('onnx')}?method=GET&expires=900`);
  });
});
