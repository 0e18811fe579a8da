import type { Clock } from '../../../domain/kernel/clock.ts';
import { type Failure, failed } from '../../../domain/kernel/failure.ts';
import { certificatesAt } from '../certificates.ts';
import type { Environment } from '../opened.ts';
import { bearerIn, type Claims, claimsOf, isGenuine, timeProblem } from '../signed-token.ts';

/** Whom a call has to be from, and whom it has to be meant for. */
export type Expected = { readonly audiences: readonly string[]; readonly callers: readonly string[] };

/** Nothing where the bearer token among headers is one of Google's for these; else why not. Throws `Rejected` where the keys cannot be had. */
export type VerifyToken = (headers: Headers, expected: Expected) => Promise<Failure | undefined>;

const issuers = ['https://accounts.google.com', 'accounts.google.com'];
/** Where Google publishes the keys that its identity tokens are signed with. */
const published = 'https://www.googleapis.com/oauth2/v3/certs';
/** What Cloud Run leaves of the signature of a token that it has verified itself, where its service lets in only who may invoke it. */
const removedSignature = 'SIGNATURE_REMOVED_BY_GOOGLE';

/** Comma-separated lists of an environment. */
export const listIn = (text = ''): readonly string[] => text.split(',').filter((part) => part !== '');

/**
 * Verifies identity tokens (https://cloud.google.com/docs/authentication/token-types#id): RS256 by Google's keys (at `HYBRID_CERTIFICATES_URL` where
 * that is set), issuer, audience, e-mail, and time. A signature that Cloud Run removed is accepted only where `HYBRID_INVOKERS` is `checked`: then
 * nobody reaches the function but through the service's own check. That looks at `X-Serverless-Authorization` alone where there is one, and leaves
 * `Authorization` as the caller made it up; none of Google's own callers sends it.
 */
export const tokenVerifier = (environment: Environment, clock: Clock): VerifyToken => {
  const certificates = certificatesAt(clock, environment.HYBRID_CERTIFICATES_URL ?? published);
  const trustsService = environment.HYBRID_INVOKERS === 'checked';
  return async (headers, expected) => {
    const token = bearerIn(headers.get('authorization'));
    if (token === undefined) return unauthenticated('There is no identity token.');
    const isChecked = trustsService && !headers.has('x-serverless-authorization');
    const isSigned = token.signature === removedSignature ? isChecked : await isGenuine(token, certificates);
    if (!isSigned) return unauthenticated('The identity token is not signed by Google.');
    const problem = problemOf(claimsOf(token), expected, clock.now().getTime() / 1000);
    return problem === undefined ? undefined : unauthenticated(problem);
  };
};

const unauthenticated = (detail: string): Failure => failed('unauthenticated', 'identity-token-refused', detail);

const problemOf = (claims: Claims, { audiences, callers }: Expected, now: number): string | undefined => {
  const { iss, aud, email, email_verified: verified } = claims;
  if (!issuers.includes(String(iss))) return 'The identity token is not issued by Google.';
  if (!audiences.includes(String(aud))) return 'The identity token is not meant for this function.';
  const untimely = timeProblem(claims, now);
  if (untimely !== undefined) return untimely;
  if (verified !== true || !callers.includes(String(email))) return 'The identity token is of nobody who may call this function.';
  return undefined;
};
