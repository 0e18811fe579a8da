import { createPublicKey, verify } from 'node:crypto';
import { ManagedIdentityCredential } from '@azure/identity';
import { GoogleAuth } from 'google-auth-library';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunningIdentityTokens, startIdentityTokens } from './identity-tokens.ts';
import { makeTokenSigner } from './token-signer.ts';
import { claimsOf } from './tokens.ts';

describe('the fakes of identity endpoints', () => {
  const signer = makeTokenSigner();
  let fake: RunningIdentityTokens;
  let now: number;
  beforeEach(async () => {
    now = Math.floor(Date.now() / 1000) * 1000;
    fake = await startIdentityTokens({ now: () => now, signer });
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await fake.close();
  });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${fake.url}${path}`, { headers });
  const isSigned = (token: string) => {
    const [header, claims, signature] = token.split('.');
    const [key] = fake.signer.keySet().keys as [never];
    return verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      createPublicKey({ key, format: 'jwk' }),
      Buffer.from(signature ?? '', 'base64url'),
    );
  };

  describe('of App Service', () => {
    const path = (query: string) => `/msi/token?api-version=2019-08-01&${query}`;
    const withHeader = (header = fake.appService.header) => ({ 'x-identity-header': header });

    it('give the vendor’s client a token for what it asks', async () => {
      vi.stubEnv('IDENTITY_ENDPOINT', fake.appService.endpoint);
      vi.stubEnv('IDENTITY_HEADER', fake.appService.header);
      const { token, expiresOnTimestamp } = await new ManagedIdentityCredential().getToken('https://vault.azure.net/.default');
      expect(claimsOf(token)).toMatchObject({ aud: 'https://vault.azure.net', exp: Math.floor(now / 1000) + 3600 });
      // The client counts from its own clock, which may be a second on by then.
      expect(Math.abs(expiresOnTimestamp - now - 3_600_000)).toBeLessThan(60_000);
      expect(isSigned(token)).toBe(true);
      const assigned = await new ManagedIdentityCredential({ clientId: fake.clientId }).getToken('https://cosmos.azure.com/.default');
      expect(claimsOf(assigned.token)).toMatchObject({ aud: 'https://cosmos.azure.com', appid: fake.clientId, oid: fake.principalId });
    });
    it('answer with seconds as text, and the resource as it was asked for', async () => {
      const answer = (await (await get(path('resource=https://storage.azure.com/'), withHeader())).json()) as Record<string, unknown>;
      expect(answer).toMatchObject({
        resource: 'https://storage.azure.com/',
        token_type: 'Bearer',
        expires_on: String(Math.floor(now / 1000) + 3600),
      });
      expect(answer).not.toHaveProperty('expires_in');
    });
    it('refuse a request without the header, the resource, a new version or a known identity', async () => {
      expect((await get(path('resource=x'))).status).toBe(401);
      expect((await get(path('resource=x'), withHeader('guessed'))).status).toBe(401);
      expect((await get(path(''), withHeader())).status).toBe(400);
      expect((await get('/msi/token?api-version=2017-09-01&resource=x', withHeader())).status).toBe(400);
      expect((await get(path('resource=x&client_id=other'), withHeader())).status).toBe(400);
    });
  });

  describe('of an instance’s metadata', () => {
    const path = '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/';

    it('refuse a request without the header, and one that was forwarded', async () => {
      expect((await get(path, { metadata: 'true' })).status).toBe(200);
      expect((await get(path)).status).toBe(400);
      expect((await get(path, { metadata: 'true', 'x-forwarded-for': '10.0.0.1' })).status).toBe(400);
    });
    it('give the same token again until it has 5 minutes left', async () => {
      const token = async () => (await (await get(path, { metadata: 'true' })).json()) as { access_token: string; expires_in: string };
      const first = await token();
      now += 3299_000;
      const again = await token();
      expect([again.access_token === first.access_token, again.expires_in]).toEqual([true, '301']);
      now += 2000;
      expect((await token()).access_token).not.toBe(first.access_token);
    });
  });

  describe('of Google’s metadata server', () => {
    const flavor = { 'metadata-flavor': 'Google' };
    const account = '/computeMetadata/v1/instance/service-accounts/default';

    it('give the vendor’s client an access token and an identity', async () => {
      vi.stubEnv('GCE_METADATA_HOST', new URL(fake.url).host);
      vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present');
      // Otherwise the client runs the command line tool first to find out.
      vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'project');
      const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' });
      expect(await auth.getAccessToken()).toMatch(/^ya29\./);
      const client = await auth.getIdTokenClient('https://edge.example');
      const headers = await client.getRequestHeaders();
      const token = headers.get('authorization')?.replace('Bearer ', '') ?? '';
      expect(claimsOf(token)).toMatchObject({ iss: 'https://accounts.google.com', aud: 'https://edge.example', email_verified: true });
      expect(isSigned(token)).toBe(true);
      expect(await (await get('/oauth2/v3/certs')).json()).toEqual(fake.signer.keySet());
    });
    it('name the project and the account', async () => {
      const read = async (path: string) => (await get(`/computeMetadata/v1/${path}`, flavor)).text();
      expect(await read('project/project-id')).toBe('project');
      expect(await read('instance/service-accounts/default/email')).toBe('functions@project.iam.gserviceaccount.com');
    });
    it('refuse a request without the header', async () => {
      const answer = await get(`${account}/token`);
      expect([answer.status, answer.headers.get('metadata-flavor')]).toEqual([403, 'Google']);
      expect((await get(`${account}/token`, flavor)).status).toBe(200);
      expect((await get(`${account}/identity`, flavor)).status).toBe(400);
      expect((await get('/computeMetadata/v1/instance/nothing', flavor)).status).toBe(404);
    });
    it('count down what a token has left, and renew it in its last 5 minutes', async () => {
      const token = async () => (await (await get(`${account}/token`, flavor)).json()) as { access_token: string; expires_in: number };
      const first = await token();
      expect(first.expires_in).toBe(3600);
      now += 600_000;
      expect(await token()).toEqual({ ...first, expires_in: 3000 });
      now += 2_800_000;
      const renewed = await token();
      expect([renewed.access_token === first.access_token, renewed.expires_in]).toEqual([false, 3600]);
    });
  });
});
