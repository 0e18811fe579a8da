import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import { bootstrapKey, sha256 } from '../../kernel/authentication.ts';
import { context } from '../../kernel/context.ts';
import { ok } from '../../kernel/handler.ts';
import { originHeader } from '../../kernel/origin.ts';
import { Problem } from '../../kernel/schemas.ts';
import { platform } from '../../platform/context.ts';
import * as platformFunctions from '../../platform/handlers.ts';
import type { BoundContext } from '../bound-context.ts';
import { httpFunction } from './http-function.ts';
import { calledWith, httpEvent, testLambda } from './test-cloud.ts';

const limit = { body: '1 MiB', time: '10 s' } as const;
const open = { summary: 'x', permission: 'public', limit, uses: {}, answers: { 200: Problem } } as const;
const things = context('things', {
  describes: 'Things',
  tables: { things: {} },
  routes: {
    'POST /v1/long': {
      ...open,
      does: 'give',
      permission: 'tenants:write',
      scope: 'platform',
      limit: { body: '1 MiB', time: '15 m' },
      uses: { things: ['append'] },
    },
    'GET /v1/things/{kind}': { ...open, does: 'give' },
    'GET /v1/secrets': { ...open, does: 'give', permission: 'models:read' },
    'PUT /v1/signed': { ...open, does: 'give', permission: 'signed', body: { stream: '*/*' } },
    'GET /v2/waits': { ...open, does: 'wait', limit: { body: '1 MiB', time: '15 m' }, errors: 'open-inference' },
    'GET /v1/waits': { ...open, does: 'wait', limit: { body: '1 MiB', time: '15 m' } },
  },
});

const large = (sizeBytes: number, elsewhere?: () => Promise<string>) => ({
  status: 200,
  headers: { 'content-type': 'application/octet-stream', 'content-length': String(sizeBytes) },
  stream: new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(64)) }),
  ...(elsewhere === undefined ? {} : { elsewhere }),
});
const answers: { readonly [kind: string]: () => unknown } = {
  small: () => ok({ hello: 'world' }),
  large: () => large(5_000_000),
  'large-elsewhere': () => large(5_000_000, async () => 'https://store.example/presigned'),
};
const handlers = {
  give: async ({ params }: { params: { kind: string } }) => answers[params.kind]?.(),
  wait: () => new Promise(() => undefined),
};
const bound: readonly BoundContext[] = [
  { declaration: things as never, handlers },
  { declaration: platform as never, handlers: platformFunctions.handlers },
];
const world = (environment = {}, table = inMemoryTable()) => {
  const lambda = testLambda(() => table, environment);
  const handler = httpFunction(bound, lambda, { openapi: () => '{"openapi":"3.1.0"}', html: () => '<html></html>' });
  const call = async (...asked: Parameters<typeof httpEvent>) => {
    const { statusCode, body = '', headers } = await handler(httpEvent(...asked), calledWith());
    return { status: statusCode, headers, body: body.startsWith('{') ? JSON.parse(body) : body };
  };
  return { ...lambda, handler, call };
};

describe('a function of requests', () => {
  it('claims an Idempotency-Key for no longer than a gateway waits, whatever the route may take', async () => {
    const table = inMemoryTable();
    const { handler, clock } = world({}, table);
    await table.put({ ...bootstrapKey, secretHash: sha256('hyb_platform_bootstrap_cafe') });
    const headers = { authorization: 'Bearer hyb_platform_bootstrap_cafe', 'idempotency-key': 'k' };
    await handler(httpEvent('POST', '/v1/long', { headers }), calledWith());
    const claims = table.changes().flatMap(({ item }) => (item?.sk === 'claim' ? [item.leaseUntil] : []));
    expect(claims[0]).toBe(new Date(clock.now().getTime() + 30_000).toISOString());
  });
  it('answers the routes of its contexts', async () => {
    const { call } = world();
    expect(await call('GET', '/v1/things/small')).toMatchObject({ status: 200, body: { hello: 'world' } });
    expect(await call('GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await call('GET', '/openapi.json')).toMatchObject({ status: 200, body: { openapi: '3.1.0' } });
  });

  it('asks who is calling', async () => {
    expect(await world().call('GET', '/v1/secrets')).toMatchObject({ status: 401, body: { code: 'credentials-missing' } });
    const { status, body } = await world().call('GET', '/v1/secrets', { headers: { authorization: 'Bearer hyb_acme_1_x' } });
    expect([status, body.code]).toEqual([401, 'credentials-invalid']);
  });

  it('knows the platform’s first key by its hash where it is told of that', async () => {
    const [first, other] = ['hyb_platform_bootstrap_cafe', 'hyb_platform_bootstrap_beef'];
    const { call } = world({ HYBRID_BOOTSTRAP_KEY_SHA256: sha256(first) });
    const asked = async (key: string) => (await call('GET', '/v1/secrets', { headers: { authorization: `Bearer ${key}` } })).body.code;
    expect([await asked(first), await asked(other)]).toEqual(['tenant-required', 'credentials-invalid']);
  });

  it('names the call on each line of its log', async () => {
    const { call, deeds, log } = world();
    await call('GET', '/v1/things/small');
    expect(deeds.calls).toEqual(['call-1']);
    expect(log.lines).toMatchObject([{ message: 'request', fields: { route: 'GET /v1/things/{kind}', status: 200 } }]);
  });

  it('does not know what it has no route for, in the shape of the protocol', async () => {
    const { call } = world();
    expect(await call('GET', '/v1/nothing')).toMatchObject({ status: 404, body: { code: 'route-not-found' } });
    expect(Object.keys((await call('GET', '/v2/nothing')).body)).toEqual(['error']);
  });

  it('leaves presigned objects to the object store', async () => {
    const { call } = world();
    expect((await call('PUT', '/v1/signed')).status).toBe(404);
    expect((await call('GET', '/objects/artifacts/x')).status).toBe(404);
  });

  it('answers for itself before Lambda ends it, and says so in the shape of the protocol', async () => {
    const { handler, log } = world();
    const [own, foreign] = await Promise.all(
      ['/v1/waits', '/v2/waits'].map((path) => handler(httpEvent('GET', path), calledWith('late', 1_020))),
    );
    expect([own?.statusCode, JSON.parse(own?.body ?? '')]).toMatchObject([504, { code: 'time-limit-exceeded', status: 504 }]);
    expect([foreign?.statusCode, Object.keys(JSON.parse(foreign?.body ?? ''))]).toEqual([504, ['error']]);
    expect(log.lines.map(({ message }) => message)).toEqual(['the call failed', 'the call failed']);
  });

  it('refuses a body that is too large, in the shape of the protocol', async () => {
    const { call } = world();
    const body = 'x'.repeat(6_000_001);
    expect(await call('POST', '/v1/things', { body })).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
    expect(await call('POST', '/v2/models/m/infer', { body })).toMatchObject({
      status: 413,
      body: { error: expect.stringContaining('6 MB') },
    });
  });

  it('refuses to carry an answer that is too large, or sends its caller where it can be had', async () => {
    const { call } = world();
    expect(await call('GET', '/v1/things/large')).toMatchObject({ status: 413, body: { code: 'answer-too-large' } });
    expect(await call('GET', '/v1/things/large-elsewhere')).toMatchObject({
      status: 307,
      headers: { location: 'https://store.example/presigned' },
    });
  });

  it('tells of the size of a large answer to HEAD', async () => {
    const { status, headers } = await world().call('HEAD', '/v1/things/large-elsewhere');
    expect([status, headers?.['content-length']]).toEqual([200, '5000000']);
  });

  it('answers only what came through the network before it, where there is one', async () => {
    const { call } = world({ HYBRID_ORIGIN_SECRET_SHA256: sha256('s3cret') });
    expect(await call('GET', '/health/live')).toMatchObject({ status: 403, body: { code: 'origin-required' } });
    expect((await call('GET', '/health/live', { headers: { [originHeader]: 'guess' } })).status).toBe(403);
    expect((await call('GET', '/health/live', { headers: { [originHeader]: 's3cret' } })).status).toBe(200);
  });

  it('takes no request for one that is none', async () => {
    expect(await world().call('TRACE', '/v1/things/small')).toMatchObject({ status: 400, body: { code: 'malformed-request' } });
  });
});
