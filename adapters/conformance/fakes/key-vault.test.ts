import { SecretClient } from '@azure/keyvault-secrets';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startKeyVault, throttled } from './key-vault.ts';
import type { FakeRequest, RunningFake } from './server.ts';
import { unsignedToken } from './tokens.ts';

const tokenFor = (aud: string, seconds = 3600) => {
  const iat = Math.floor(Date.now() / 1000);
  return unsignedToken({ iss: 'https://sts.windows.net/t/', sub: 'app', aud, iat, exp: iat + seconds });
};

describe('the fake of Key Vault, asked by the vendor’s client', () => {
  let fake: RunningFake;
  let client: SecretClient;
  let scopes: string[];

  const connect = (audience = 'https://vault.azure.net') =>
    new SecretClient(
      fake.url,
      {
        getToken: async (asked) => {
          scopes.push(...[asked].flat());
          return { token: tokenFor(audience), expiresOnTimestamp: Date.now() + 3_600_000 };
        },
      },
      {
        allowInsecureConnection: true,
        disableChallengeResourceVerification: true,
        retryOptions: { maxRetries: 2, retryDelayInMs: 1 },
      } as never,
    );
  beforeEach(async () => {
    fake = await startKeyVault();
    scopes = [];
    client = connect();
  });
  afterEach(() => fake.close());
  const namesOf = async (secrets: AsyncIterable<{ name: string }>) => {
    const names: string[] = [];
    for await (const { name } of secrets) names.push(name);
    return names;
  };

  it('challenges who comes without a token, and says what it has to be for', async () => {
    const seen: FakeRequest[] = [];
    fake.intercept((request) => void seen.push(request));
    await client.setSecret('signing-key', 'sesame');
    expect(scopes).toEqual(['https://vault.azure.net/.default']);
    expect(seen.map(({ header, body }) => [header('authorization') !== undefined, body.length > 0])).toEqual([
      [false, false],
      [true, true],
    ]);
  });
  it('refuses tokens for another service, or that have expired', async () => {
    await expect(connect('https://storage.azure.com').getSecret('x')).rejects.toMatchObject({ statusCode: 401 });
    const expired = { authorization: `Bearer ${tokenFor('https://vault.azure.net', -1)}` };
    const response = await fetch(`${fake.url}/secrets/x?api-version=7.5`, { headers: expired });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('resource="https://vault.azure.net"');
  });
  it('keeps every version and gives the newest, or the one asked for', async () => {
    const first = await client.setSecret('signing-key', 'old', { contentType: 'text/plain', tags: { made: 'by hand' } });
    const second = await client.setSecret('Signing-Key', 'new');
    expect(first.properties.version).not.toBe(second.properties.version);
    expect((await client.getSecret('signing-key')).value).toBe('new');
    const old = await client.getSecret('signing-key', { version: first.properties.version ?? '' });
    expect(old).toMatchObject({ value: 'old', properties: { contentType: 'text/plain', tags: { made: 'by hand' }, enabled: true } });
    const versions: (string | undefined)[] = [];
    for await (const { version } of client.listPropertiesOfSecretVersions('signing-key')) versions.push(version);
    expect(versions).toEqual([first.properties.version, second.properties.version]);
  });
  it('knows nothing of what was never set', async () => {
    await client.setSecret('signing-key', 'sesame');
    await expect(client.getSecret('other')).rejects.toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
    await expect(client.getSecret('signing-key', { version: 'f'.repeat(32) })).rejects.toMatchObject({ statusCode: 404 });
  });
  it('gives no disabled secret', async () => {
    const { properties } = await client.setSecret('signing-key', 'sesame');
    await client.updateSecretProperties('signing-key', properties.version ?? '', { enabled: false });
    await expect(client.getSecret('signing-key')).rejects.toMatchObject({ statusCode: 403 });
  });
  it('takes values of 25 KB, and names of letters, digits and dashes', async () => {
    await client.setSecret('a-1', 'x'.repeat(25 * 1024));
    await expect(client.setSecret('a-1', 'x'.repeat(25 * 1024 + 1))).rejects.toMatchObject({ statusCode: 400 });
    for (const name of ['a_b', 'a.b', 'ä', 'x'.repeat(128)])
      await expect(client.setSecret(name, 'x')).rejects.toMatchObject({ statusCode: 400 });
  });
  it('lists by name, 25 a page', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `name-${String(n).padStart(2, '0')}`);
    for (const name of [...names].reverse()) await client.setSecret(name, 'x');
    expect(await namesOf(client.listPropertiesOfSecrets())).toEqual(names);
    const pages: number[] = [];
    for await (const page of client.listPropertiesOfSecrets().byPage({ maxPageSize: 12 })) pages.push(page.length);
    expect(pages).toEqual([12, 12, 6]);
  });
  it('keeps what was deleted until it is recovered or purged, and its name with it', async () => {
    await client.setSecret('signing-key', 'sesame');
    const deletion = await client.beginDeleteSecret('signing-key', { intervalInMs: 1 });
    expect(await deletion.pollUntilDone()).toMatchObject({ name: 'signing-key', recoveryId: `${fake.url}/deletedsecrets/signing-key` });
    await expect(client.getSecret('signing-key')).rejects.toMatchObject({ statusCode: 404 });
    await expect(client.setSecret('signing-key', 'again')).rejects.toMatchObject({ statusCode: 409 });
    expect(await namesOf(client.listDeletedSecrets())).toEqual(['signing-key']);
    await (await client.beginRecoverDeletedSecret('signing-key', { intervalInMs: 1 })).pollUntilDone();
    expect((await client.getSecret('signing-key')).value).toBe('sesame');
    await (await client.beginDeleteSecret('signing-key', { intervalInMs: 1 })).pollUntilDone();
    await client.purgeDeletedSecret('signing-key');
    await client.setSecret('signing-key', 'new');
    expect((await client.getSecret('signing-key')).value).toBe('new');
  });
  it('takes its time over a deletion', async () => {
    await fake.close();
    fake = await startKeyVault({ deletionMillis: 50 });
    client = connect();
    await client.setSecret('signing-key', 'sesame');
    const deletion = await client.beginDeleteSecret('signing-key', { intervalInMs: 5 });
    await expect(client.getDeletedSecret('signing-key')).rejects.toMatchObject({ statusCode: 404 });
    await expect(client.setSecret('signing-key', 'again')).rejects.toMatchObject({ statusCode: 409 });
    await deletion.pollUntilDone();
    expect(await namesOf(client.listDeletedSecrets())).toEqual(['signing-key']);
  });
  it('may have had too many requests', async () => {
    await client.setSecret('signing-key', 'sesame');
    let left = 1;
    fake.intercept(() => (left-- > 0 ? throttled(0) : undefined));
    expect((await client.getSecret('signing-key')).value).toBe('sesame');
    fake.intercept(() => throttled(0));
    await expect(client.getSecret('signing-key')).rejects.toMatchObject({ statusCode: 429 });
  });
});
