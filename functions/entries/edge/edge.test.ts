import { createServer, request as httpRequest, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { testLog } from '../../kernel/test-serving.ts';
import { listenerOf } from '../gcp/listener.ts';
import { type EdgeOptions, edge } from './edge.ts';
import { routesIn } from './routes.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});
const listen = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
};

const bytesOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const startEdge = async (upstream: RequestListener | string, more: Partial<EdgeOptions> = {}) => {
  const target = typeof upstream === 'string' ? upstream : await listen(upstream);
  const log = testLog();
  const app = edge({
    routes: routesIn(JSON.stringify({ '/v1': target, '/v2': target })),
    proof: async () => ({ 'x-serverless-authorization': 'Bearer own' }),
    bounds: { bodyBytes: 1_000_000, timeoutMillis: 2_000 },
    log,
    ...more,
  });
  return { url: await listen(listenerOf(app)), log };
};

const echo: RequestListener = (request, response) =>
  void bytesOf(request).then((body) => {
    response.setHeader('content-type', 'application/json');
    response.setHeader('connection', 'x-only-here');
    response.setHeader('x-only-here', '1');
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.statusCode = 207;
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body: body.toString() }));
  });

type Echo = { readonly method: string; readonly url: string; readonly headers: Record<string, string>; readonly body: string };

describe('an edge', () => {
  it('sends a request on as it is, and the answer back', async () => {
    const { url } = await startEdge(echo);
    const headers = { authorization: 'Bearer hyb_x', 'content-type': 'application/json', 'if-match': '"3"' };
    const answer = await fetch(`${url}/v1/a%2Fb/%C3%BC?q=1&q=%202`, { method: 'POST', body: '{"n"', headers });
    const echoed = (await answer.json()) as Echo;
    expect(answer.status).toBe(207);
    expect(echoed).toMatchObject({ method: 'POST', url: '/v1/a%2Fb/%C3%BC?q=1&q=%202', body: '{"n"', headers });
    expect(echoed.headers).toMatchObject({ 'x-forwarded-host': new URL(url).host, 'content-length': '4' });
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('leaves out what is for one hop alone, and what only it may say of itself', async () => {
    const { url } = await startEdge(echo);
    const sent = {
      connection: 'keep-alive, x-mine',
      'x-mine': '1',
      te: 'trailers',
      'x-serverless-authorization': 'Bearer other',
      'x-hybrid-origin-secret': 's',
    };
    const answered = await new Promise<IncomingMessage>((resolve) => httpRequest(`${url}/v1/x`, { headers: sent }, resolve).end());
    const { headers } = JSON.parse((await bytesOf(answered)).toString()) as Echo;
    expect(headers).not.toHaveProperty('x-mine');
    expect(headers).not.toHaveProperty('te');
    expect(headers).not.toHaveProperty('x-hybrid-origin-secret');
    expect(headers['x-serverless-authorization']).toBe('Bearer own');
    expect(answered.headers).not.toHaveProperty('x-only-here');
  });

  it('follows no redirection, and asks HEAD without a body', async () => {
    const { url } = await startEdge((_request, response) => void response.writeHead(307, { location: 'https://elsewhere.example' }).end());
    const answer = await fetch(`${url}/v1/x`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([307, 'https://elsewhere.example']);
    expect((await fetch(`${url}/v1/x`, { method: 'HEAD', redirect: 'manual' })).status).toBe(307);
  });

  it('gives no body to a request that has none', async () => {
    const { url } = await startEdge(echo);
    for (const method of ['DELETE', 'POST']) {
      const { headers, body } = (await (await fetch(`${url}/v1/x`, { method })).json()) as Echo;
      expect(headers).not.toHaveProperty('transfer-encoding');
      expect(body).toBe('');
    }
  });

  it('holds neither body whole', async () => {
    const heard: string[] = [];
    const { url } = await startEdge((request, response) => {
      request.on('data', (chunk: Buffer) => {
        heard.push(chunk.toString());
        response.write(`heard ${chunk}`);
      });
      request.on('end', () => response.end());
    });
    const asked = httpRequest(`${url}/v1/x`, { method: 'PUT' });
    const answering = new Promise<IncomingMessage>((resolve) => asked.once('response', resolve));
    asked.write('one');
    const answer = await answering;
    const first = await new Promise<Buffer>((resolve) => answer.once('data', resolve));
    expect([first.toString(), heard]).toEqual(['heard one', ['one']]);
    asked.end('two');
    expect((await bytesOf(answer)).toString()).toBe('heard two');
  });

  it('lets nobody ask the hosts behind it for what they answer themselves', async () => {
    const target = await listen(echo);
    const { url } = await startEdge(target, { routes: routesIn(JSON.stringify({ '/': target })) });
    const hidden = ['/admin/host/keys', '/Admin', '//admin/x', '/%61dmin/host/%', '/%2561dmin/x', '/./runtime/webhooks/x', '/%5cruntime/x'];
    for (const path of hidden) expect((await fetch(`${url}${path}`)).status, path).toBe(404);
    for (const path of ['/administrators', '/docs/admin', '/x?y=/admin/z']) expect((await fetch(`${url}${path}`)).status, path).toBe(207);
  });

  it('knows no way for a path that nobody has', async () => {
    const answer = await fetch(`${(await startEdge(echo)).url}/v10/x`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'route-not-found']);
  });

  it('answers 502 where nobody listens, in the words of the path', async () => {
    const { url, log } = await startEdge('http://127.0.0.1:1');
    const answer = await fetch(`${url}/v1/x`);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 502, title: 'Bad Gateway', code: 'function-unreachable' });
    const inference = await fetch(`${url}/v2/models/x/infer`, { method: 'POST', body: '{}' });
    expect([inference.status, Object.keys((await inference.json()) as object)]).toEqual([502, ['error']]);
    expect(log.lines).toHaveLength(2);
  });

  it('answers 504 where nobody answers in time', async () => {
    const { url } = await startEdge(() => undefined, { bounds: { bodyBytes: 10, timeoutMillis: 50 } });
    expect(await (await fetch(`${url}/v1/x`)).json()).toMatchObject({ status: 504, code: 'time-limit-exceeded' });
  });

  it('answers 413 for a body that it cannot carry, announced or not', async () => {
    const { url } = await startEdge(echo, { bounds: { bodyBytes: 10, timeoutMillis: 2_000 } });
    expect((await fetch(`${url}/v1/x`, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
    const body = new Blob(['x'.repeat(11)]).stream();
    const streamed = await fetch(`${url}/v1/x`, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect([streamed.status, ((await streamed.json()) as { code: string }).code]).toEqual([413, 'body-too-large']);
  });
});

describe('the routes of an edge', () => {
  it('are found by the longest prefix of whole segments', () => {
    const routes = routesIn('{"/": "https://a.example", "/v1": "https://b.example", "/v1/models/": "https://c.example"}');
    const hosts = ['/', '/docs', '/v1', '/v1/x', '/v1/models', '/v1/models/m', '/v1/modelsx'].map((path) => routes(path)?.host[0]);
    expect(hosts.join('')).toBe('aabbccb');
  });
  it.each(['no json', '{"v1": "https://a.example"}', '{"/v1": "nowhere"}', '{"/v1": 1}'])('are refused where they are none: %s', (text) =>
    expect(() => routesIn(text)).toThrow('invalid-routes'),
  );
});
