import { ManagedIdentityCredential } from '@azure/identity';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunningIdentityTokens, startIdentityTokens } from './identity-tokens.ts';
import { claimsOf } from './tokens.ts';

/** In a process of its own: the vendor's client remembers for its whole life which kind of endpoint it once found. */
describe('the fake of an Azure instance’s metadata', () => {
  let fake: RunningIdentityTokens;
  beforeEach(async () => {
    fake = await startIdentityTokens();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await fake.close();
  });

  it('gives the vendor’s client a token', async () => {
    vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', fake.url);
    const { token, expiresOnTimestamp } = await new ManagedIdentityCredential().getToken('https://management.azure.com/.default');
    expect(claimsOf(token)).toMatchObject({ aud: 'https://management.azure.com', appid: fake.clientId });
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_500_000);
  });
});
