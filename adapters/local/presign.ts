import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Failure, failed } from '../../domain/kernel/failure.ts';
import { checkGrant } from '../../domain/kernel/object-rules.ts';

export type Grant = { readonly method: 'GET' | 'PUT'; readonly store: string; readonly key: string };
export type PresignFailure = Failure<'signature-invalid' | 'signature-expired'>;

/** HMAC-SHA256 in base64url. Only the key, which comes last, can hold a line break, so no two grants have the same text. */
const signature = ({ method, store, key }: Grant, expires: string, signingKey: Buffer): string =>
  createHmac('sha256', signingKey)
    .update([method, encodeURIComponent(store), expires, key].join('\n'))
    .digest('base64url');

/**
 * `<base>/objects/<store>/<key>?method&expires&signature`, which grants one method on one key until `expires` (seconds since 1970).
 * The host is not signed, so that a proxy may stand before the platform. Throws `Rejected` `invalid-object-key` or `invalid-expiry`.
 */
export const presigned = (
  grant: Grant,
  at: { readonly baseUrl: string; readonly now: Date; readonly expiresInSeconds: number; readonly signingKey: Buffer },
): string => {
  checkGrant(grant.key, at.expiresInSeconds);
  const expires = String(Math.ceil(at.now.getTime() / 1000 + at.expiresInSeconds));
  const path = [grant.store, ...grant.key.split('/')].map(encodeURIComponent).join('/');
  const query = new URLSearchParams({ method: grant.method, expires, signature: signature(grant, expires, at.signingKey) });
  return `${at.baseUrl.replace(/\/$/, '')}/objects/${path}?${query}`;
};

const invalid = (): PresignFailure =>
  failed('forbidden', 'signature-invalid', 'The signature does not fit this URL and method; ask for a new URL and use it unchanged.');

const onlyValue = (query: URLSearchParams, name: string): string | undefined => {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
};

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

type Claim = { readonly grant: Grant; readonly expires: string; readonly signature: string };

const claimOf = ({ pathname, searchParams }: URL): Claim | undefined => {
  const [, store, key] = (/\/objects\/([^/]+)\/(.+)$/.exec(pathname) ?? []).map(decoded);
  const [method, expires, given] = ['method', 'expires', 'signature'].map((name) => onlyValue(searchParams, name));
  if (store === undefined || key === undefined || given === undefined || expires === undefined || !/^\d{1,12}$/.test(expires))
    return undefined;
  return method === 'GET' || method === 'PUT' ? { grant: { method, store, key }, expires, signature: given } : undefined;
};

const sameText = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/**
 * What a presigned URL grants, for a request with `method` (a GET grant also answers HEAD). Compares in constant time, the signature before the
 * expiry, so that a forged URL learns nothing. Both failures are of the kind `forbidden`.
 */
export const verifyPresigned = (request: {
  readonly method: string;
  readonly url: string | URL;
  readonly now: Date;
  readonly signingKey: Buffer;
}): Grant | PresignFailure => {
  const claim = claimOf(new URL(request.url));
  if (claim === undefined || !sameText(claim.signature, signature(claim.grant, claim.expires, request.signingKey))) return invalid();
  if ((request.method === 'HEAD' ? 'GET' : request.method) !== claim.grant.method) return invalid();
  if (request.now.getTime() >= Number(claim.expires) * 1000)
    return failed('forbidden', 'signature-expired', 'This URL has expired; ask for a new one.');
  return claim.grant;
};
