import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClock } from '../../kernel/test-serving.ts';
import { tokenVerifier } from './identity-token.ts';
import { audience, caller, claimsAt, type Signer, startSigner } from './test-google.ts';

let signer: Signer;
beforeAll(async () => {
  signer = await startSigner();
});
afterAll(() => signer.stop());

const expected = { audiences: [audience], callers: [caller] };
const world = (environment = {}) => {
  const clock = testClock();
  const verify = tokenVerifier({ HYBRID_CERTIFICATES_URL: signer.url, ...environment }, clock);
  const refusalOf = async (token: string | null, more: Record<string, string> = {}) =>
    (await verify(new Headers({ ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...more }), expected))?.failure ??
    'accepted';
  return { clock, refusalOf, claims: claimsAt(clock.now()) };
};

describe('an identity token', () => {
  it('of Google, for this function and of who may call it, is accepted', async () => {
    const { refusalOf, claims } = world();
    expect(await refusalOf(signer.token(claims))).toBe('accepted');
  });

  it.each([
    ['another issuer', { iss: 'https://accounts.example.com' }],
    ['another audience', { aud: 'https://other.run.app' }],
    ['another caller', { email: 'mallory@project.iam.gserviceaccount.com' }],
    ['an e-mail that nobody verified', { email_verified: false }],
    ['no e-mail', { email: undefined }],
    ['an end in the past', { exp: 1 }],
    ['no end', { exp: undefined }],
    ['a beginning in the future', { iat: 4_000_000_000 }],
  ])('with %s is refused', async (_what, wrong) => {
    const { refusalOf, claims } = world();
    expect(await refusalOf(signer.token({ ...claims, ...wrong }))).toBe('unauthenticated');
  });

  it('that is forged, unsigned or none is refused', async () => {
    const { refusalOf, claims } = world();
    const [header, payload, signature] = signer.token(claims).split('.');
    const richer = Buffer.from(JSON.stringify({ ...claims, email: 'x' })).toString('base64url');
    for (const token of [
      signer.token(claims, { forged: true }),
      signer.token(claims, { alg: 'none' }),
      signer.token(claims, { alg: 'HS256' }),
      `${header}.${richer}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      '[].[].[]',
      'bnVsbA.bnVsbA.bnVsbA',
      null,
    ])
      expect(await refusalOf(token), String(token)).toBe('unauthenticated');
  });

  it('whose signature Cloud Run has removed is accepted only where nobody comes around its check', async () => {
    const { claims } = world();
    const token = signer.token(claims).replace(/[^.]+$/, 'SIGNATURE_REMOVED_BY_GOOGLE');
    expect(await world().refusalOf(token)).toBe('unauthenticated');
    expect(await world({ HYBRID_INVOKERS: 'checked' }).refusalOf(token)).toBe('accepted');
    const other = signer.token({ ...claims, email: 'mallory@example.com' }).replace(/[^.]+$/, 'SIGNATURE_REMOVED_BY_GOOGLE');
    expect(await world({ HYBRID_INVOKERS: 'checked' }).refusalOf(other)).toBe('unauthenticated');
  });

  it('whose signature somebody removed himself, because Cloud Run looked at another token, is refused', async () => {
    const { refusalOf, claims } = world({ HYBRID_INVOKERS: 'checked' });
    const own = { 'x-serverless-authorization': `Bearer ${signer.token({ ...claims, email: 'other@project.iam.gserviceaccount.com' })}` };
    expect(await refusalOf(signer.token(claims).replace(/[^.]+$/, 'SIGNATURE_REMOVED_BY_GOOGLE'), own)).toBe('unauthenticated');
    expect(await refusalOf(signer.token(claims), own)).toBe('accepted');
  });

  it('has its keys asked for once, and again for an unknown key, but not for each', async () => {
    const { refusalOf, clock } = world();
    const before = signer.asked();
    const fresh = () => signer.token(claimsAt(clock.now()));
    await Promise.all([refusalOf(fresh()), refusalOf(fresh())]);
    expect(signer.asked() - before).toBe(1);
    clock.advance(31_000);
    for (let n = 0; n < 5; n++)
      expect(await refusalOf(signer.token(claimsAt(clock.now()), { kid: `unknown-${n}` }))).toBe('unauthenticated');
    expect(signer.asked() - before).toBe(2);
    clock.advance(3_600_000);
    expect(await refusalOf(fresh())).toBe('accepted');
    expect(signer.asked() - before).toBe(3);
  });

  it('is not refused for good where the keys cannot be had', async () => {
    const { refusalOf, claims } = world({ HYBRID_CERTIFICATES_URL: 'http://127.0.0.1:1/certs' });
    await expect(refusalOf(signer.token(claims))).rejects.toThrow('certificates-unavailable');
  });
});
