import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usualBackoff } from '../cloud/retry.ts';
import { type RunningIdentityTokens, startIdentityTokens } from '../conformance/fakes/identity-tokens.ts';
import { rejection } from '../conformance/harness.ts';
import { type Identity, metadataIdentity } from './credentials.ts';
import { connectionReset } from './test-answers.ts';

describe('who a function is', () => {
  let now: number;
  let metadata: RunningIdentityTokens;
  let asked: string[];
  let identity: Identity;
  const open = (host: string, send = fetch): Identity => {
    const backoff = { ...usualBackoff, wait: async () => undefined };
    return metadataIdentity({ environment: { GCE_METADATA_HOST: host }, fetch: send, backoff, now: () => now });
  };
  beforeEach(async () => {
    now = Date.parse('2026-11-01T12:00:00Z');
    metadata = await startIdentityTokens({ now: () => now });
    asked = [];
    metadata.intercept(({ path, query }) => void asked.push(`${path.slice(path.lastIndexOf('/') + 1)}${query.get('audience') ?? ''}`));
    identity = open(metadata.url.slice('http://'.length));
  });
  afterEach(() => metadata.close());

  it('is asked once for many calls', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => identity.accessToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^ya29\./);
    expect(asked).toEqual(['token']);
  });

  it('is asked again before a token ends and not long before, by a call that does not wait for it', async () => {
    const first = await identity.accessToken();
    now += 55 * 60_000;
    expect(await identity.accessToken()).toBe(first);
    expect(asked).toHaveLength(1);
    now += 61_000;
    expect(await identity.accessToken()).toBe(first);
    await expect.poll(() => identity.accessToken()).not.toBe(first);
    expect(asked).toHaveLength(2);
  });

  it('serves until it ends where it cannot be renewed, and no longer', async () => {
    const first = await identity.accessToken();
    metadata.intercept(() => ({ status: 404 }));
    now += 59 * 60_000;
    expect(await identity.accessToken()).toBe(first);
    now += 60_000;
    expect(await rejection(identity.accessToken())).toEqual({ failure: 'unavailable', code: 'cloud-credentials' });
  });

  it('is asked again where the metadata server is late', async () => {
    let late = 2;
    const slow: typeof fetch = async (input, init) =>
      late-- > 0 ? Promise.reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError')) : fetch(input, init);
    expect(await open(metadata.url.slice('http://'.length), slow).accessToken()).toMatch(/^ya29\./);
  });

  it('is asked again for a token that was not accepted', async () => {
    const first = await identity.accessToken();
    identity.forget('another');
    await identity.accessToken();
    identity.forget(first);
    await new Promise(setImmediate);
    await identity.accessToken();
    expect(asked).toHaveLength(2);
  });

  it('is said to each other function in a token of its own', async () => {
    const one = await identity.identityToken('https://changes.example');
    expect(await identity.identityToken('https://changes.example')).toBe(one);
    const claims = JSON.parse(Buffer.from(one.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ iss: 'https://accounts.google.com', aud: 'https://changes.example', email_verified: true });
    expect(await identity.identityToken('https://other.example')).not.toBe(one);
    expect(asked).toEqual(['identityhttps://changes.example', 'identityhttps://other.example']);
    expect(await identity.email()).toBe('functions@project.iam.gserviceaccount.com');
  });

  it('is asked again where the metadata server is busy', async () => {
    let busy = 2;
    metadata.intercept(() => (busy-- > 0 ? { status: 503 } : undefined));
    expect(await identity.accessToken()).toMatch(/^ya29\./);
  });

  it('is asked again where the metadata server breaks off', async () => {
    let broken = 2;
    const breaking: typeof fetch = async (input, init) => (broken-- > 0 ? Promise.reject(connectionReset()) : fetch(input, init));
    expect(await open(metadata.url.slice('http://'.length), breaking).accessToken()).toMatch(/^ya29\./);
  });

  it('is a clear error where nobody knows it, and asked again the next time', async () => {
    const nobody = { failure: 'unavailable', code: 'cloud-credentials' };
    metadata.intercept(() => ({ status: 404 }));
    expect(await rejection(identity.accessToken())).toEqual(nobody);
    metadata.intercept();
    expect(await identity.accessToken()).toMatch(/^ya29\./);
    expect(await rejection(open('127.0.0.1:1').accessToken())).toEqual(nobody);
  });
});
