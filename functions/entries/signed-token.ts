import { verify } from 'node:crypto';
import type { Certificates } from './certificates.ts';

/** A JSON Web Token (RFC 7519) in its three parts, as they came. */
export type SignedToken = { readonly header: string; readonly payload: string; readonly signature: string };
export type Claims = { readonly [claim: string]: unknown };

/** Clocks differ. */
const leewaySeconds = 30;

/** The token of an `Authorization`, if it is one. */
export const bearerIn = (authorization: string | null): SignedToken | undefined => {
  const found = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '');
  if (found === null) return undefined;
  const [, header = '', payload = '', signature = ''] = found;
  return { header, payload, signature };
};

/** What a token says, whether or not that is true. */
export const claimsOf = ({ payload }: SignedToken): Claims => decoded(payload);

/** Whether one of these keys signed it, by RS256: any other algorithm is refused. */
export const isGenuine = async ({ header, payload, signature }: SignedToken, certificates: Certificates): Promise<boolean> => {
  const { alg, kid } = decoded(header);
  if (alg !== 'RS256' || typeof kid !== 'string') return false;
  const key = await certificates(kid);
  return key !== undefined && verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
};

/** Why a token is not of this time (in seconds), if it is not. */
export const timeProblem = ({ exp, iat }: Claims, now: number): string | undefined => {
  if (typeof exp !== 'number' || exp + leewaySeconds <= now) return 'The token has expired.';
  if (typeof iat === 'number' && iat - leewaySeconds > now) return 'The token is not valid yet.';
  return undefined;
};

const decoded = (part: string): Claims => {
  try {
    return (JSON.parse(Buffer.from(part, 'base64url').toString()) ?? {}) as Claims;
  } catch {
    return {};
  }
};
