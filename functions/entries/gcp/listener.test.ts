import { createServer, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listenerOf } from './listener.ts';

const seen: string[] = [];
const server = createServer(
  listenerOf(async ({ url }) => {
    seen.push(url);
    return new Response('heard');
  }),
);
let port: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { readonly port: number }).port;
});
afterAll(() => void server.close());

const statusWith = (host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/v1/models', headers: { host } }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
    asked.once('error', reject).end();
  });

it.each(['example.com', 'hybrid-dev-edge.run.app:443', '127.0.0.1:8080', '[::1]:8080'])('serves who asks %s', async (host) => {
  expect(await statusWith(host)).toBe(200);
  expect(seen.at(-1)).toBe(`https://${host.replace(':443', '')}/v1/models`);
});

it.each(['example.com/v1/dead-letters?', 'user@example.com', 'example.com#', 'a b', 'example.com\\x'])(
  'refuses the host %j, and asks nobody',
  async (host) => {
    const before = seen.length;
    expect(await statusWith(host)).toBe(400);
    expect(seen).toHaveLength(before);
  },
);
