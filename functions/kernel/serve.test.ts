import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { invokerKey, thingsWorld } from './test-things.ts';

const world = () => thingsWorld(inMemoryTable(), inMemoryTable());
const problemOf = async (response: Response) => (await response.json()) as { code: string; detail: string; errors?: { path: string }[] };

describe('a served route', () => {
  it('hands its handler path and query as its schemas make them', async () => {
    const { send } = await world();
    expect(await (await send('GET', '/v1/things/a?n=7')).json()).toMatchObject({ params: { id: 'a' }, query: { n: 7 } });
  });

  it('takes all that is left of a path as one parameter where it says so', async () => {
    const { send } = await world();
    const response = await send('PUT', '/v1/anything/a/b/c.txt', { key: null, body: 'x', headers: { 'content-type': 'text/plain' } });
    expect(await response.json()).toMatchObject({ params: { key: 'a/b/c.txt' } });
  });

  it('goes on with the trace of its caller, towards the handler and in the answer', async () => {
    const { send } = await world();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const response = await send('GET', '/v1/things/a', { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
    const { traceparent } = (await response.json()) as { traceparent: string };
    expect(traceparent.slice(3, 35)).toBe(traceId);
    expect(response.headers.get('traceparent')).toBe(traceparent);
  });

  it('is told to the audit trail where its declaration says so, before it is done', async () => {
    const { send, bus } = await world();
    await send('GET', '/v1/things/a');
    expect(bus.published).toEqual([]);
    expect((await send('GET', '/v1/told?n=none')).status).toBe(422);
    expect(bus.published).toMatchObject([
      { tenantid: 'acme', principal: 'key:E1', data: { action: 'GET /v1/told', resource: '/v1/told' } },
    ]);
  });

  it('forbids caching and guessing of its type', async () => {
    const { headers } = await (await world()).send('GET', '/v1/things/a');
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff']);
  });

  it('answers HEAD without a body, and lets go what was opened for it', async () => {
    const { send, stops } = await world();
    const response = await send('HEAD', '/v1/downloads');
    expect([response.status, response.body, stops]).toEqual([200, null, ['cancelled']]);
  });
});

describe('a request that cannot be served', () => {
  it('is 404 where there is nothing', async () => {
    const response = await (await world()).send('GET', '/v1/nothing');
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect((await problemOf(response)).code).toBe('route-not-found');
  });

  it('is 404 in the shape of the foreign protocol under its path', async () => {
    const response = await (await world()).send('GET', '/v2/nothing');
    expect([response.status, Object.keys((await response.json()) as object)]).toEqual([404, ['error']]);
  });

  it('is 405 by another method, with those that the path takes', async () => {
    const response = await (await world()).send('DELETE', '/v1/things/a');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await response.json()).toMatchObject({ title: 'Method Not Allowed', status: 405, code: 'method-not-allowed' });
  });

  it('is 405 in the shape of the foreign protocol under its path', async () => {
    const response = await (await world()).send('GET', '/v2/infer');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(Object.keys((await response.json()) as object)).toEqual(['error']);
  });

  it('is 401 without a key, before anything of it is looked at', async () => {
    const response = await (await world()).send('POST', '/v1/things', { key: null, body: 'no json' });
    expect([response.status, (await problemOf(response)).code]).toEqual([401, 'credentials-missing']);
  });

  it('is 403 by too small a role, and the audit trail hears of it', async () => {
    const { send, bus } = await world();
    const response = await send('POST', '/v1/things', { key: invokerKey, body: { name: 'a', size: 1 } });
    expect([response.status, (await problemOf(response)).code]).toEqual([403, 'permission-denied']);
    expect(bus.published).toMatchObject([
      { tenantid: 'acme', principal: 'key:I1', data: { action: 'POST /v1/things', code: 'permission-denied' } },
    ]);
  });

  it('is 413 with a longer body than the route takes', async () => {
    const response = await (await world()).send('POST', '/v1/things', { body: { name: 'x'.repeat(2_000), size: 1 } });
    expect([response.status, (await problemOf(response)).code]).toEqual([413, 'body-too-large']);
  });

  it('is 413 with a long body also where the route takes none', async () => {
    const response = await (await world()).send('POST', '/v1/actions', { headers: { 'content-length': '2000' } });
    expect(response.status).toBe(413);
  });

  it('is 413 where a stream turns out to be longer', async () => {
    const response = await (await world()).send('PUT', '/v1/streams', {
      body: 'x'.repeat(2_000),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect([response.status, (await problemOf(response)).code]).toEqual([413, 'body-too-large']);
  });

  it.each([
    ['POST', '/v1/things', { 'content-type': 'text/xml' }],
    ['PUT', '/v1/streams', { 'content-type': 'application/json' }],
    ['PUT', '/v1/streams', {}],
    ['POST', '/v1/things', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ] as [string, string, Record<string, string>][])('is 415 where %s %s does not take what came: %o', async (method, path, headers) => {
    const response = await (await world()).send(method, path, {
      body: '{}',
      headers,
    });
    expect(response.status).toBe(415);
  });

  it('is 400 where the body is no JSON', async () => {
    const response = await (await world()).send('POST', '/v1/things', { body: '{"name":' });
    expect([response.status, (await problemOf(response)).code]).toEqual([400, 'malformed-json']);
  });

  it('is 422 with a list of what is wrong where the body does not fit', async () => {
    const response = await (await world()).send('POST', '/v1/things', { body: { name: 'far too long a name', size: 'big', more: 1 } });
    const { code, errors } = await problemOf(response);
    expect([response.status, code]).toEqual([422, 'invalid-request']);
    expect(errors?.map(({ path }) => path)).toEqual(['body.name', 'body.size', 'body']);
  });

  it.each([
    ['/v1/things/toolong', 'path.id'],
    ['/v1/things/a?n=many', 'query.n'],
    ['/v1/things/a?n=1&m=2', 'query.m'],
    ['/v1/failures/value?m=2', 'query.m'],
  ])('is 422 where %s does not fit', async (path, where) => {
    const response = await (await world()).send('GET', path);
    expect([response.status, (await problemOf(response)).errors?.[0]?.path]).toEqual([422, where]);
  });

  it('says what parameters there are where one is not known', async () => {
    const { detail } = await problemOf(await (await world()).send('GET', '/v1/things/a?period=1999-01'));
    expect(detail).toBe('query.period: not known here; there is n');
  });

  it.each([['GET', '/v2/failures/value', 409] as const, ['GET', '/v1/downloads', 200] as const])(
    'is not for parameters that are not known to %s %s: others may add theirs',
    async (method, path, status) => expect((await (await world()).send(method, `${path}?m=2`)).status).toBe(status),
  );

  it.each([
    ['GET', '/v1/things/a?n=many', {}, 'query.n: Invalid input: expected number, received text'],
    ['GET', '/v1/told', {}, 'query.n: it is missing'],
    ['POST', '/v1/things', { body: { name: 'a' } }, 'body.size: it is missing'],
    ['POST', '/v1/things', { body: { name: 'a', size: null } }, 'body.size: Invalid input: expected number, received null'],
  ])('says in words what is wrong: %s %s %o', async (method, path, sent, detail) => {
    expect((await problemOf(await (await world()).send(method, path, sent))).detail).toBe(detail);
  });
});

describe('a body that is handed over as bytes', () => {
  it('may come without a Content-Type', async () => {
    const response = await (await world()).send('POST', '/v2/infer', { body: '[1,2]' });
    expect(await response.json()).toEqual({ length: 5 });
  });
});

describe('a handler that fails', () => {
  it('is answered by its failure', async () => {
    const response = await (await world()).send('GET', '/v1/failures/value');
    expect([response.status, (await problemOf(response)).code]).toEqual([409, 'taken']);
  });

  it('is answered by the failure that it threw', async () => {
    expect((await (await world()).send('GET', '/v1/failures/rejected')).status).toBe(507);
  });

  it('is told to the log in full where the cloud below refused, and to the caller without the reason', async () => {
    const { send, log } = await world();
    const response = await send('GET', '/v1/failures/refused');
    expect([response.status, JSON.stringify(await response.json())]).toEqual([503, expect.not.stringContaining('AccessDenied')]);
    expect(log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields)).toEqual([
      {
        route: 'GET /v1/failures/{kind}',
        tenant: 'acme',
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        reason: 'DynamoDB GetItem: AccessDenied',
      },
    ]);
  });

  it.each(['bug', 'ungranted'])('is a 500 that tells nothing of our mistake, which the log has: %s', async (kind) => {
    const { send, log } = await world();
    const response = await send('GET', `/v1/failures/${kind}`);
    const body = await response.json();
    expect([response.status, body]).toEqual([
      500,
      expect.objectContaining({ title: 'Internal Server Error', status: 500, code: 'internal-error' }),
    ]);
    expect(JSON.stringify(body)).not.toMatch(/hunter2|secret\.ts|not-granted/);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('is a 500 in the shape of the foreign protocol under its path', async () => {
    const response = await (await world()).send('GET', '/v2/failures/bug');
    expect([response.status, Object.keys((await response.json()) as object)]).toEqual([500, ['error']]);
  });
});

describe('the log of a request', () => {
  it('has tenant, route, status, duration and trace id, and never a key or a payload', async () => {
    const { send, log } = await world();
    await send('POST', '/v1/things', { body: { name: 'payload', size: 1 } });
    expect(log.lines).toEqual([
      {
        level: 'info',
        message: 'request',
        fields: {
          tenant: 'acme',
          route: 'POST /v1/things',
          status: 201,
          duration_ms: expect.any(Number),
          trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        },
      },
    ]);
    expect(JSON.stringify(log.lines)).not.toMatch(/cafe|payload|shown once/);
  });
});

describe('a request that takes longer than its route may', () => {
  it('is 504', async () => {
    const { send } = await world();
    const response = await send('POST', '/v1/waits', { body: {} });
    expect([response.status, (await problemOf(response)).code]).toEqual([504, 'time-limit-exceeded']);
  });

  it('lets go of what was opened for its answer', async () => {
    const { send, release, stops } = await world();
    expect((await send('GET', '/v1/late-downloads')).status).toBe(504);
    release();
    await expect.poll(() => stops).toEqual(['cancelled']);
  });

  it('is done all the same, and its answer kept under its Idempotency-Key', async () => {
    const { send, release } = await world();
    const again = () => send('POST', '/v1/waits', { body: {}, headers: { 'idempotency-key': 'k1' } });
    expect((await again()).status).toBe(504);
    expect((await again()).status).toBe(409);
    release();
    await expect.poll(async () => (await again()).status).toBe(201);
    expect(await (await again()).json()).toEqual({ made: 1 });
  });

  it('may take longer where it is a stream', async () => {
    const { send, release } = await world();
    const sending = send('PUT', '/v1/long-streams', { body: 'x', headers: { 'content-type': 'text/plain' } });
    setTimeout(release, 60);
    expect((await sending).status).toBe(201);
  });
});

describe('a POST under an Idempotency-Key', () => {
  const body = { name: 'a', size: 1 };
  const headers = { 'idempotency-key': 'k1' };

  it('is done once and answered twice, the second time without what is shown only once', async () => {
    const { send } = await world();
    const first = await send('POST', '/v1/things', { body, headers });
    const second = await send('POST', '/v1/things', { body, headers });
    expect(await first.json()).toMatchObject({ made: 1, key: 'shown once' });
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await second.json()).toEqual({ id: expect.any(String), made: 1 });
  });

  it('is 422 with another body', async () => {
    const { send } = await world();
    await send('POST', '/v1/things', { body, headers });
    const second = await send('POST', '/v1/things', { body: { ...body, size: 2 }, headers });
    expect([second.status, (await problemOf(second)).code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('is done every time without one', async () => {
    const { send } = await world();
    await send('POST', '/v1/things', { body });
    expect(await (await send('POST', '/v1/things', { body })).json()).toMatchObject({ made: 2 });
  });
});
