import { verify } from 'node:crypto';
import type { Clock } from '../../../domain/kernel/clock.ts';
import { type Failure, failed } from '../../../domain/kernel/failure.ts';
import type { Environment } from '../opened.ts';
import { type Certificates, certificatesAt } from './certificates.ts';

/** Whom a call has to be from, and whom it has to be meant for. */
export type Expected = { readonly audiences: readonly string[]; readonly callers: readonly string[] };

/** Nothing where a bearer token is one of Google's for these; else why not. Throws `Rejected` where the keys cannot be had. */
export type VerifyToken = (authorization: string | null, expected: Expected) => Promise<Failure | undefined>;

const issuers = ['https://accounts.google.com', 'accounts.google.com'];
/** Clocks differ. */
const leewaySeconds = 30;
/** What Cloud Run leaves of the signature of a token that it has verified itself, where its service lets in only who may invoke it. */
const removedSignature = 'SIGNATURE_REMOVED_BY_GOOGLE';

/** Comma-separated lists of an environment. */
export const listIn = (text = ''): readonly string[] => text.split(',').filter((part) => part !== '');

/**
 * Verifies identity tokens (https://cloud.google.com/docs/authentication/token-types#id): RS256 by Google's keys (at `HYBRID_CERTIFICATES_URL` where
 * that is set), issuer, audience, e-mail, and time. A signature that Cloud Run removed is accepted only where `HYBRID_INVOKERS` is `checked`: then
 * nobody reaches the function but through the service's own check.
 */
export const tokenVerifier = (environment: Environment, clock: Clock): VerifyToken => {
  const certificates = certificatesAt(clock, environment.HYBRID_CERTIFICATES_URL);
  const trustsService = environment.HYBRID_INVOKERS === 'checked';
  return async (authorization, expected) => {
    const token = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '');
    if (token === null) return unauthenticated('There is no identity token.');
    const [, header = '', payload = '', signature = ''] = token;
    const isSigned = signature === removedSignature ? trustsService : await isGenuine({ header, payload, signature }, certificates);
    if (!isSigned) return unauthenticated('The identity token is not signed by Google.');
    const problem = problemOf(decoded<Claims>(payload), expected, clock.now().getTime() / 1000);
    return problem === undefined ? undefined : unauthenticated(problem);
  };
};

const unauthenticated = (detail: string): Failure => failed('unauthenticated', 'identity-token-refused', detail);

type Signed = { readonly header: string; readonly payload: string; readonly signature: string };
type Claims = {
  readonly iss?: unknown;
  readonly aud?: unknown;
  readonly email?: unknown;
  readonly email_verified?: unknown;
  readonly exp?: unknown;
  readonly iat?: unknown;
};

const decoded = <T>(part: string): T => {
  try {
    return (JSON.parse(Buffer.from(part, 'base64url').toString()) ?? {}) as T;
  } catch {
    return {} as T;
  }
};

const isGenuine = async ({ header, payload, signature }: Signed, certificates: Certificates): Promise<boolean> => {
  const { alg, kid } = decoded<{ readonly alg?: unknown; readonly kid?: unknown }>(header);
  if (alg !== 'RS256' || typeof kid !== 'string') return false;
  const key = await certificates(kid);
  return key !== undefined && verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
};

const problemOf = (claims: Claims, { audiences, callers }: Expected, now: number): string | undefined => {
  const { iss, aud, email, email_verified: verified, exp, iat } = claims;
  if (!issuers.includes(String(iss))) return 'The identity token is not issued by Google.';
  if (!audiences.includes(String(aud))) return 'The identity token is not meant for this function.';
  if (typeof exp !== 'number' || exp + leewaySeconds <= now) return 'The identity token has expired.';
  if (typeof iat === 'number' && iat - leewaySeconds > now) return 'The identity token is not valid yet.';
  if (verified !== true || !callers.includes(String(email))) return 'The identity token is of nobody who may call this function.';
  return undefined;
};
