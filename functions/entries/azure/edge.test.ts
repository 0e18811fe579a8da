import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../kernel/authentication.ts';
import { testLog } from '../../kernel/test-serving.ts';
import { listenerOf } from '../gcp/listener.ts';
import { registerEdge } from './http.ts';
import { testApp } from './test-azure.ts';

let target: string;
const server = createServer(
  listenerOf(async ({ headers }) =>
    Response.json({ secret: headers.get('x-hybrid-origin-secret'), authorization: headers.get('authorization') }),
  ),
);
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const world = (more: Record<string, string> = {}) => {
  const { app, ask } = testApp();
  const environment = { HYBRID_ROUTES: JSON.stringify({ '/': target }), HYBRID_ORIGIN_SECRET: 'of the edge', ...more };
  registerEdge(app, { environment, log: testLog() });
  return (headers: Record<string, string> = {}) =>
    ask('https://edge.azurewebsites.net/v1/x', { headers: { authorization: 'Bearer hyb_x', ...headers } });
};
const gated = { HYBRID_ORIGIN_SECRET_SHA256: sha256('of the gateway') };

describe('the edge on Azure', () => {
  it('lets everybody in where no gateway is before it, and proves itself', async () => {
    const answer = await world()({ 'x-hybrid-origin-secret': 'of nobody' });
    expect(await answer.json()).toEqual({ secret: 'of the edge', authorization: 'Bearer hyb_x' });
  });
  it('behind a gateway takes what carries its secret, and sends on its own', async () => {
    const answer = await world(gated)({ 'x-hybrid-origin-secret': 'of the gateway' });
    expect(await answer.json()).toEqual({ secret: 'of the edge', authorization: 'Bearer hyb_x' });
  });
  it('behind a gateway refuses who comes around it', async () => {
    for (const headers of [{}, { 'x-hybrid-origin-secret': 'of the edge' }, { 'x-hybrid-origin-secret': '' }]) {
      const answer = await world(gated)(headers as Record<string, string>);
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([403, 'origin-required']);
    }
  });
});
