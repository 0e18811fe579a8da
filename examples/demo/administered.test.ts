import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rejected } from '../../domain/kernel/failure.ts';
import { administered } from './administered.ts';

const problem = (status: number, detail: string) => ({ status, body: { type: 'urn:hybrid-ai-platform:problem:x', detail } });
const me = (tenantId: string, ...roles: readonly string[]) => ({ status: 200, body: { tenantId, principal: 'key:1', roles } });
const answers: { readonly [key: string]: { readonly status: number; readonly body: unknown } } = {
  right: me('platform', 'admin'),
  viewer: me('platform', 'viewer'),
  acme: me('acme', 'admin'),
  revoked: problem(401, 'The API key is unknown, revoked or expired.'),
  busy: problem(503, 'Try again in a while.'),
  list: { status: 200, body: [] },
  lock: { status: 401, body: 'Unauthorized' },
};

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer(({ headers }, response) => {
    const { status, body } = answers[headers.authorization?.slice('Bearer '.length) ?? ''] ?? { status: 404, body: '' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const refusal = (at: string, key?: string): Promise<string> =>
  administered(at, key).then(
    () => 'nothing is wrong',
    (error: unknown) => (error instanceof Rejected ? error.failure.detail : String(error)),
  );

describe('a platform that others run', () => {
  it('is had where it knows its administrator', async () => expect((await administered(`${url}/`, 'right')).url).toBe(url));
  it.each([
    ['revoked', "refuses HYBRID_ADMIN_KEY: The API key is unknown, revoked or expired. It should be that platform's administrator's key."],
    ['acme', 'HYBRID_ADMIN_KEY is a key of tenant acme; it should be'],
    ['viewer', 'HYBRID_ADMIN_KEY is a key of tenant platform; it should be'],
    ['busy', 'answers 503: Try again in a while.'],
    ['list', 'is no platform: GET /v1/me gave 200, application/json.'],
    ['lock', 'is no platform: GET /v1/me gave 401'],
    ['a b', 'HYBRID_ADMIN_KEY has a space'],
    ['', 'HYBRID_URL also needs HYBRID_ADMIN_KEY'],
  ])('with the key "%s" says in a sentence what is wrong', async (key, says) => {
    const said = await refusal(url, key);
    expect(said).toContain(says);
    expect(said).toMatch(/^[^\n]+\.$/);
  });
  it('says that nothing answers', async () =>
    expect(await refusal('http://127.0.0.1:9', 'right')).toMatch(/^Nothing answers at .*: .+\. /));
  it('says what a URL would be', async () => expect(await refusal('localhost:8080', 'right')).toContain('such as http://127.0.0.1:8080'));
});
