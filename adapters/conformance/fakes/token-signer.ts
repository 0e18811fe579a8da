import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { JsonObject } from '../../../domain/kernel/json.ts';
import type { TokenClaims } from './tokens.ts';

/** Signs tokens that anyone with the key set can verify, as an identity provider does. */
export type TokenSigner = {
  sign(claims: TokenClaims): string;
  /** The public keys (RFC 7517). */
  keySet(): JsonObject;
};

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signer with a key of its own, RS256. */
export const makeTokenSigner = (): TokenSigner => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  return {
    sign(claims) {
      const signed = `${encoded({ alg: 'RS256', typ: 'JWT', kid })}.${encoded(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
    keySet: () => ({ keys: [{ ...(publicKey.export({ format: 'jwk' }) as JsonObject), kid, alg: 'RS256', use: 'sig' }] }),
  };
};

/** What Google signs of a service account that calls an address, for an hour. */
export const googleIdentity = (email: string, audience: string, now: number): TokenClaims => ({
  iss: 'https://accounts.google.com',
  aud: audience,
  azp: '100000000000000000000',
  sub: '100000000000000000000',
  email,
  email_verified: true,
  iat: Math.floor(now / 1000),
  exp: Math.floor(now / 1000) + 3600,
});
