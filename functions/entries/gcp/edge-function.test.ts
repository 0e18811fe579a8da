import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClock, testLog } from '../../kernel/test-serving.ts';
import { edgeFunction } from './edge-function.ts';
import { listenerOf } from './listener.ts';
import { audience, claimsAt, type Signer, startSigner } from './test-google.ts';

const gateway = 'gateway@project.iam.gserviceaccount.com';
const gated = { HYBRID_GATEWAY_CALLERS: gateway, HYBRID_AUDIENCE: audience };

let signer: Signer;
let target: string;
const server = createServer(
  listenerOf(async (request) =>
    Response.json({
      authorization: request.headers.get('authorization'),
      forwarded: request.headers.get('x-forwarded-authorization'),
      own: request.headers.get('x-serverless-authorization'),
      body: await request.text(),
    }),
  ),
);
beforeAll(async () => {
  signer = await startSigner();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
});
afterAll(async () => {
  await signer.stop();
  server.close();
  server.closeAllConnections();
});

const world = (environment: Record<string, string> = {}) => {
  const [clock, log] = [testClock(), testLog()];
  const routes = { HYBRID_ROUTES: JSON.stringify({ '/v1': target }), HYBRID_CERTIFICATES_URL: signer.url };
  const app = edgeFunction({ environment: { ...routes, ...environment }, log, clock, identityToken: async () => 'own' });
  const ask = async (headers: Record<string, string>, init: RequestInit = {}) =>
    app(new Request('https://x.run.app/v1/x', { headers, ...init }));
  const bearer = (wrong: object = {}, options = {}) =>
    `Bearer ${signer.token({ ...claimsAt(clock.now()), email: gateway, ...wrong }, options)}`;
  return { ask, bearer, log };
};

describe('the edge on Google Cloud', () => {
  it('without a gateway leaves the client’s authorization as it is, and gives nothing for a forwarded one', async () => {
    const { ask, bearer } = world();
    for (const authorization of ['Bearer hyb_acme_1_x', bearer()]) {
      const answer = await ask({ authorization, 'x-forwarded-authorization': 'Bearer hyb_acme_1_y' });
      expect(await answer.json()).toMatchObject({ authorization, forwarded: null, own: 'Bearer own' });
    }
  });

  it('behind a gateway puts the client’s own authorization back, and the body with it', async () => {
    const { ask, bearer } = world(gated);
    const headers = { authorization: bearer(), 'x-forwarded-authorization': 'Bearer hyb_acme_1_x' };
    const answer = await ask(headers, { method: 'POST', body: '{"n": 1}' });
    expect(await answer.json()).toEqual({ authorization: 'Bearer hyb_acme_1_x', forwarded: null, own: 'Bearer own', body: '{"n": 1}' });
  });

  it('takes the gateway’s token for nobody’s key', async () => {
    const { ask, bearer } = world(gated);
    expect(await (await ask({ authorization: bearer() })).json()).toMatchObject({ authorization: null, forwarded: null });
  });

  it.each([
    ['another account', { email: 'mallory@project.iam.gserviceaccount.com' }, {}],
    ['another audience', { aud: 'https://other.run.app' }, {}],
    ['another issuer', { iss: 'https://accounts.example.com' }, {}],
    ['an end in the past', { exp: 1 }, {}],
    ['a forged signature', {}, { forged: true }],
  ])('behind a gateway refuses a token with %s, whatever is forwarded', async (_what, claims, options) => {
    const { ask, bearer } = world(gated);
    const answer = await ask({ authorization: bearer(claims, options), 'x-forwarded-authorization': 'Bearer hyb_acme_1_x' });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'identity-token-refused']);
  });

  it('behind a gateway refuses who comes around it', async () => {
    const { ask } = world(gated);
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: 'Bearer hyb_acme_1_x' })).status).toBe(401);
    expect((await ask({ 'x-forwarded-authorization': 'Bearer hyb_acme_1_x' })).status).toBe(401);
  });

  it('answers 503 where the keys of tokens cannot be had', async () => {
    const { ask, bearer } = world({ ...gated, HYBRID_CERTIFICATES_URL: 'http://127.0.0.1:1/certs' });
    expect((await ask({ authorization: bearer() })).status).toBe(503);
  });
});
