import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import type { ContextDeclaration } from '../kernel/context.ts';
import type { AnyHandler } from '../kernel/handler.ts';
import { platformApp } from '../kernel/serve.ts';
import { testServing } from '../kernel/test-serving.ts';
import { platform } from './context.ts';
import { handlers } from './handlers.ts';

const world = (answer: (request: Request) => Promise<Response> | Response) => {
  const seen: Request[] = [];
  const objectGateway = {
    serve: async (request: Request) => {
      seen.push(request);
      return answer(request);
    },
  };
  const running = {
    declaration: platform as unknown as ContextDeclaration,
    handlers: handlers as unknown as Record<string, AnyHandler>,
    ports: { objectGateway, documents: { openapi: () => '{}', html: () => '<p>' } },
  };
  return { seen, app: platformApp([running], testServing(inMemoryTable())) };
};

const path = '/objects/artifacts/acme/a%20b/c.onnx?method=GET&expires=1&signature=s';

describe('a presigned URL', () => {
  it('reaches the gateway unchanged, with its headers and without a key', async () => {
    const { app, seen } = world(() => new Response('x'));
    await app.request(path, { headers: { range: 'bytes=0-1' } });
    expect(seen[0]?.url).toBe(`http://localhost${path}`);
    expect([seen[0]?.method, seen[0]?.headers.get('range')]).toEqual(['GET', 'bytes=0-1']);
  });

  it('answers what the gateway answers', async () => {
    const { app } = world(() => new Response('part', { status: 206, headers: { 'content-range': 'bytes 0-3/9', etag: '"e"' } }));
    const response = await app.request(path);
    expect([response.status, response.headers.get('content-range'), response.headers.get('etag')]).toEqual([206, 'bytes 0-3/9', '"e"']);
    expect(await response.text()).toBe('part');
  });

  it('answers without a body where the gateway has none', async () => {
    const response = await world(() => new Response(null, { status: 304 })).app.request(path);
    expect([response.status, response.body]).toEqual([304, null]);
  });

  it('streams a body of any type to the gateway', async () => {
    const { app } = world(async (request) => new Response(await request.text(), { status: 201 }));
    const response = await app.request(path, { method: 'PUT', body: 'bytes', headers: { 'content-type': 'image/png' } });
    expect([response.status, await response.text()]).toEqual([201, 'bytes']);
  });

  it('refuses a body over the limit before the gateway sees it', async () => {
    const { app, seen } = world(() => new Response(null, { status: 201 }));
    const response = await app.request(path, { method: 'PUT', headers: { 'content-length': String(3 * 1024 ** 3) } });
    expect([response.status, seen]).toEqual([413, []]);
  });

  it('takes no other method', async () => {
    const response = await world(() => new Response()).app.request(path, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, PUT, HEAD']);
  });
});

describe('what is public', () => {
  it.each([
    ['/health/live', 'application/json', '{"status":"live"}'],
    ['/health/ready', 'application/json', '{"status":"ready"}'],
    ['/openapi.json', 'application/json', '{}'],
    ['/docs', 'text/html; charset=utf-8', '<p>'],
  ])('is %s', async (route, type, text) => {
    const response = await world(() => new Response()).app.request(route);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, type, text]);
  });

  it('lets a browser load nothing from the page but its own style', async () => {
    const response = await world(() => new Response()).app.request('/docs');
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'");
  });
});
