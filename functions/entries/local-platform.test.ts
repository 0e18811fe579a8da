import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testLog } from '../kernel/test-serving.ts';
import { type LocalPlatform, startLocalPlatform } from './local-platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'local-platform-'));
const told: string[] = [];
const logged: string[] = [];
let platform: LocalPlatform;
let admin = '';
let acme = '';

const start = (adminKey?: string) =>
  startLocalPlatform({
    folder,
    host: '127.0.0.1',
    port: 0,
    adminKey,
    service: 'test',
    log: testLog(),
    writeLog: (text) => logged.push(text),
    tellKey: (key) => told.push(key),
  });

type Options = { readonly key?: string; readonly body?: unknown; readonly headers?: Record<string, string> };

const call = async (method: string, path: string, { key, body, headers = {} }: Options = {}) => {
  const sent = body === undefined ? undefined : body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(`${platform.url}${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(sent === undefined || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent as BodyInit }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
};

const eventually = async <T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> => {
  const until = Date.now() + 10_000;
  for (;;) {
    const value = await ask();
    if (holds(value) || Date.now() > until) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const inferBody = { id: 'r1', inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2] }] };

beforeAll(async () => {
  platform = await start();
  admin = told[0] as string;
});
afterAll(async () => {
  await platform.close();
  rmSync(folder, { recursive: true });
});

describe('a platform in one process', () => {
  it('makes an administrator’s key at its first start', () => {
    expect(told).toHaveLength(1);
    expect(admin).toMatch(/^hyb_platform_bootstrap_[0-9a-f]{64}$/);
  });

  it('answers who is asking', async () => {
    expect((await call('GET', '/v1/me', { key: admin })).body).toEqual({ tenantId: 'platform', principal: 'bootstrap', roles: ['admin'] });
    expect((await call('GET', '/v1/me')).status).toBe(401);
  });

  it('creates tenants, lists them and finds them by id', async () => {
    const created = await call('POST', '/v1/tenants', { key: admin, body: { name: 'Acme Corp.' } });
    expect([created.status, created.body]).toMatchObject([201, { id: 'acme-corp', name: 'Acme Corp.', status: 'active' }]);
    expect(created.headers.get('location')).toBe('/v1/tenants/acme-corp');
    expect((await call('GET', '/v1/tenants/acme-corp', { key: admin })).body.name).toBe('Acme Corp.');
    expect((await call('GET', '/v1/tenants', { key: admin })).body.data).toHaveLength(1);
    expect((await call('GET', '/v1/tenants/Nobody', { key: admin })).body.code).toBe('tenant-not-found');
    expect((await call('POST', '/v1/tenants', { key: admin, body: { name: '!' } })).body.code).toBe('invalid-tenant-id');
  });

  it('gives a tenant its key, once', async () => {
    const body = { name: 'first', roles: ['admin', 'admin'], tenantId: 'acme-corp' };
    const made = await call('POST', '/v1/api-keys', { key: admin, body, headers: { 'idempotency-key': 'k1' } });
    acme = made.body.key;
    expect(made.body).toMatchObject({ roles: ['admin'], tenantId: 'acme-corp', expiresAt: null });
    const again = await call('POST', '/v1/api-keys', { key: admin, body, headers: { 'idempotency-key': 'k1' } });
    expect([again.status, again.body.id, again.body.key]).toEqual([201, made.body.id, undefined]);
    expect((await call('POST', '/v1/api-keys', { key: admin, body: { ...body, tenantId: 'nobody' } })).status).toBe(404);
    expect((await call('POST', '/v1/api-keys', { key: acme, body: { ...body, tenantId: 'other' } })).status).toBe(404);
  });

  it('lists keys with their last use, and refuses one from its revocation on', async () => {
    const other = await call('POST', '/v1/api-keys', {
      key: acme,
      body: { name: 'second', roles: ['viewer'], expiresAt: '2999-01-01T00:00:00+01:00' },
    });
    expect(other.body.expiresAt).toBe('2998-12-31T23:00:00.000Z');
    expect((await call('GET', '/v1/me', { key: other.body.key })).status).toBe(200);
    const used = await eventually(
      () => call('GET', '/v1/api-keys', { key: acme }),
      ({ body }) => body.data.every((key: { lastUsedAt: string | null }) => key.lastUsedAt !== null),
    );
    expect(used.body.data.map((key: { name: string }) => key.name)).toEqual(['first', 'second']);
    expect((await call('DELETE', `/v1/api-keys/${other.body.id}`, { key: admin })).status).toBe(204);
    expect((await call('GET', '/v1/me', { key: other.body.key })).body.code).toBe('credentials-invalid');
    expect((await call('DELETE', `/v1/api-keys/${other.body.id}`, { key: acme })).status).toBe(404);
  });

  it('serves a model from its registration to its metered answer', async () => {
    await call('POST', '/v1/models', { key: acme, body: { name: 'tiny' } });
    const model = new Uint8Array(readFileSync('adapters/conformance/models/add-one.onnx'));
    const version = await call('POST', '/v1/models/tiny/versions', {
      key: acme,
      body: model,
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(version.status).toBe(201);
    await call('PUT', '/v1/endpoints/tiny', { key: acme, body: { model: 'tiny', version: '1' } });
    const deployed = await eventually(
      () => call('GET', '/v1/endpoints/tiny', { key: acme }),
      ({ body }) => body.state === 'ready',
    );
    expect(deployed.body.state).toBe('ready');
    expect((await call('GET', '/v2/models/tiny', { key: acme })).body).toMatchObject({
      name: 'tiny',
      versions: ['1'],
      platform: 'onnx_onnxv1',
    });
    expect((await call('GET', '/v2/models/tiny/versions/1/ready', { key: acme })).body).toEqual({ name: 'tiny', ready: true });
    const answer = await call('POST', '/v2/models/tiny/infer', { key: acme, body: inferBody });
    expect([answer.status, answer.body.id, answer.body.outputs[0].data]).toEqual([200, 'r1', [2, 3]]);
    const usage = await eventually(
      () => call('GET', '/v1/usage?granularity=day', { key: acme }),
      ({ body }) => body.data.length > 0,
    );
    expect(usage.body.data.find(({ meter }: { meter: string }) => meter === 'inference.requests').value).toBe('1');
  });

  it('answers inference by the same rules on its short way as everywhere', async () => {
    const infer = (options: Options, path = '/v2/models/tiny/infer') => call('POST', path, { body: inferBody, ...options });
    expect((await infer({})).status).toBe(401);
    expect((await infer({ key: admin })).status).toBe(403);
    expect((await infer({ key: acme }, '/v2/models/nothing/infer')).body.error).toContain('nothing');
    expect((await infer({ key: acme }, '/v2/models/tiny/versions/2/infer')).status).toBe(404);
    expect((await infer({ key: acme }, '/v2/models/%ff/infer')).status).toBeLessThan(500);
    expect((await infer({ key: acme, headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    expect((await infer({ key: acme, headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
    expect((await infer({ key: acme, headers: { 'content-type': '' } })).status).toBe(200);
    expect((await infer({ key: acme, body: new Uint8Array(16 * 1024 * 1024 + 1) })).status).toBe(413);
  });

  it('goes on with the caller’s trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    for (const path of ['/v2/models/tiny/infer', '/v1/me'])
      expect(
        (await call(path === '/v1/me' ? 'GET' : 'POST', path, { key: acme, headers: { traceparent } })).headers.get('traceparent'),
      ).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
  });

  it.each(['/v2/models/tiny/infer', '/v1/models'])('refuses a body that grows past its limit without having said so: %s', async (path) => {
    const headers = { authorization: `Bearer ${acme}`, 'content-type': 'application/json' };
    const sent = httpRequest(`${platform.url}${path}`, { method: 'POST', headers });
    const response = once(sent, 'response');
    for (let mebibytes = 0; mebibytes < 17; mebibytes++) sent.write(Buffer.alloc(1024 * 1024, 0x20));
    // Many clients begin to read when all is sent, so that all has to be taken.
    await new Promise<void>((resolve) => sent.end(resolve));
    expect((await response)[0].statusCode).toBe(413);
  });

  it('lets a client whose body it refuses send all of it, and keeps the connection', async () => {
    const rest = Buffer.alloc(20 * 1024 * 1024, 0x20);
    const headers = { authorization: 'Bearer none', 'content-length': String(rest.length), expect: '100-continue' };
    const broken: unknown[] = [];
    const sent = httpRequest(`${platform.url}/v2/models/tiny/infer`, { method: 'POST', headers });
    sent.on('error', (error) => broken.push(error));
    const status = await new Promise((resolve) => {
      sent.once('response', (response) => {
        expect(response.headers.connection).not.toBe('close');
        sent.end(rest, () => resolve(response.statusCode));
      });
      sent.flushHeaders();
    });
    expect([status, broken]).toEqual([401, []]);
  });

  it.each([
    ['/v1/usage?period=1999-01', 'query.period: not known here; there is cursor, limit, from, to, granularity'],
    ['/v1/usage?from=yesterday', 'query.from: a time such as 2026-11-21T12:00:00Z, or a date such as 2026-11-21'],
    ['/v1/usage?limit=many', 'query.limit: Invalid input: expected number, received text'],
    ['/v1/me?tenant=bank', 'query.tenant: not known here; there is none'],
  ])('refuses %s, and says what would be right', async (path, detail) => {
    expect((await call('GET', path, { key: acme })).body).toMatchObject({ status: 422, detail });
  });

  it('keeps a trail of changes and denials', async () => {
    const trail = await eventually(
      () => call('GET', '/v1/audit?resource=model/tiny', { key: acme }),
      ({ body }) => body.data.length === 2,
    );
    expect(trail.body.data.map(({ action, resource }: { action: string; resource: string }) => [action, resource])).toEqual([
      ['version-registered', 'model/tiny/version/1'],
      ['model-created', 'model/tiny'],
    ]);
    expect((await call('GET', '/v1/audit?limit=1', { key: acme })).body.next).toEqual(expect.any(String));
    const first = await call('GET', '/v1/audit?limit=2', { key: acme });
    const second = await call('GET', `/v1/audit?limit=2&cursor=${first.body.next}`, { key: acme });
    expect(second.body.data[0].at <= first.body.data[1].at).toBe(true);
    expect(second.body.data.map(({ id }: { id: string }) => id)).not.toContain(first.body.data[1].id);
    const denied = await eventually(
      () => call('GET', '/v1/audit?outcome=denied', { key: admin }),
      ({ body }) => body.data.length > 0,
    );
    expect(denied.body.data[0]).toMatchObject({ by: 'bootstrap', action: 'POST /v2/models/{endpoint}/infer', outcome: 'denied' });
    expect((await call('GET', '/v1/audit?tenantId=acme-corp', { key: admin })).body.data.length).toBeGreaterThan(0);
    expect((await call('GET', '/v1/audit?tenantId=other', { key: acme })).status).toBe(404);
    for (const forged of ['x', '9999-12-31T23:59:59.999Z#x', '2026-99-99T99:99:99.999Z#x'].map((place) =>
      Buffer.from(place).toString('base64url'),
    ))
      expect((await call('GET', `/v1/audit?cursor=${forged}`, { key: acme })).body.code).toBe('invalid-cursor');
    expect((await call('GET', '/v1/audit?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', { key: acme })).body.code).toBe(
      'invalid-range',
    );
  });

  it('lists dead letters, and knows none that is not there', async () => {
    expect((await call('GET', '/v1/dead-letters', { key: acme })).body).toEqual({ data: [], next: null });
    expect((await call('GET', '/v1/dead-letters', { key: admin })).body).toEqual({ data: [], next: null });
    expect((await call('POST', '/v1/dead-letters/01J/redrive', { key: acme })).body.code).toBe('dead-letter-not-found');
  });

  it('stops answering at an endpoint that was removed', async () => {
    expect((await call('DELETE', '/v1/endpoints/tiny', { key: acme })).status).toBe(204);
    const gone = await eventually(
      () => call('GET', '/v2/models/tiny/ready', { key: acme }),
      ({ status }) => status === 404,
    );
    expect(gone.status).toBe(404);
  });

  it('refuses a suspended tenant until it may work again', async () => {
    expect((await call('POST', '/v1/tenants/acme-corp/suspend', { key: admin })).body.status).toBe('suspended');
    expect((await call('GET', '/v1/me', { key: acme })).body.code).toBe('tenant-suspended');
    expect((await call('POST', '/v1/tenants/acme-corp/resume', { key: admin })).body.status).toBe('active');
    expect((await call('GET', '/v1/me', { key: acme })).status).toBe(200);
    for (const verb of ['suspend', 'resume']) expect((await call('POST', `/v1/tenants/No/${verb}`, { key: admin })).status).toBe(404);
  });

  it('logs a line of JSON for each inference, without a key', () => {
    const lines = logged.join('').trim().split('\n');
    const answered = lines.map((line) => JSON.parse(line)).find(({ status }) => status === 200);
    expect(answered).toMatchObject({ level: 'INFO', service: 'test', tenant: 'acme-corp', route: 'POST /v2/models/{endpoint}/infer' });
    expect(answered.trace_id).toMatch(/^[0-9a-f]{32}$/);
    expect(logged.join('')).not.toContain('hyb_');
  });

  it('is the same after a restart, under the key that it is given', async () => {
    await platform.close();
    platform = await start('another-administrator-key');
    expect(told).toHaveLength(1);
    expect((await call('GET', '/v1/me', { key: admin })).status).toBe(401);
    expect((await call('GET', '/v1/tenants', { key: 'another-administrator-key' })).body.data).toHaveLength(1);
    expect((await call('GET', '/v1/models/tiny', { key: acme })).body.latestVersion).toBe('1');
  });

  it('says so where its folder is in use', async () => {
    await expect(start()).rejects.toMatchObject({ failure: { code: 'data-folder-in-use' } });
  });
});
