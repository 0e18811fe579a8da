import { randomUUID } from 'node:crypto';

export type TokenClaims = {
  readonly iss: string;
  readonly aud: string;
  /** Seconds since 1970. */
  readonly exp: number;
  readonly iat: number;
  readonly sub: string;
  readonly [claim: string]: string | number | boolean | undefined;
};

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JSON web token in form: its signature is a nonce that nobody could verify, for fakes that look at the claims only. */
export const unsignedToken = (claims: TokenClaims): string =>
  `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'fake' })}.${encoded(claims)}.${Buffer.from(randomUUID()).toString('base64url')}`;

/** What is wrong with a bearer token: its form, its audience, its time; `undefined` where nothing is. A slash at the end of an audience does not count. */
export const checkToken = (
  token: string,
  { audiences, now }: { readonly audiences: readonly string[]; readonly now: number },
): string | undefined => {
  const claims = claimsOf(token);
  if (claims === undefined) return 'it is no JSON web token';
  if (!audiences.includes(String(claims.aud).replace(/\/$/, ''))) return `its audience is ${String(claims.aud)}`;
  if (typeof claims.exp !== 'number' || claims.exp * 1000 <= now) return 'it has expired';
  return undefined;
};

export const claimsOf = (token: string): Partial<TokenClaims> | undefined => {
  const parts = token.split('.');
  if (parts.length !== 3 || parts.some((part) => part === '')) return undefined;
  try {
    return JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString()) as Partial<TokenClaims>;
  } catch {
    return undefined;
  }
};
