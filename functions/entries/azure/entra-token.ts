import * as z from 'zod';
import type { Clock } from '../../../domain/kernel/clock.ts';
import { type Failure, failed } from '../../../domain/kernel/failure.ts';
import { certificatesAt } from '../certificates.ts';
import type { Environment } from '../opened.ts';
import { bearerIn, type Claims, claimsOf, isGenuine, timeProblem } from '../signed-token.ts';

/** Whose tokens are taken: of one tenant of Entra ID, made out to one application, and got by one of these (by application id). */
export type Senders = { readonly tenant: string; readonly audience: string; readonly callers: readonly string[] };

/** Event Grid's own application, in every tenant of the public cloud (https://learn.microsoft.com/azure/event-grid/secure-webhook-delivery). */
const eventGrid = '4962773b-9cdb-44cf-a8bf-237846a00ab7';

const form = z.object({ tenant: z.string(), audience: z.string(), callers: z.array(z.string()).default([eventGrid]) });

/** `HYBRID_EVENT_HOOKS` as a JSON object; nobody where it is absent. */
export const sendersIn = ({ HYBRID_EVENT_HOOKS: text }: Environment): Senders | undefined =>
  text === undefined ? undefined : form.parse(JSON.parse(text));

/** Nothing where a bearer token is one of these senders'; else why not. Throws `Rejected` where the keys cannot be had. */
export type VerifySender = (authorization: string | null) => Promise<Failure | undefined>;

/** Verifies tokens of Entra ID, of either version (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference). */
export const senderVerifier = (senders: Senders, { HYBRID_CERTIFICATES_URL: url }: Environment, clock: Clock): VerifySender => {
  const certificates = certificatesAt(clock, url ?? `https://login.microsoftonline.com/${senders.tenant}/discovery/v2.0/keys`);
  return async (authorization) => {
    const token = bearerIn(authorization);
    if (token === undefined) return unauthenticated('There is no token.');
    if (!(await isGenuine(token, certificates))) return unauthenticated('The token is not signed by Entra ID.');
    const problem = problemOf(claimsOf(token), senders, clock.now().getTime() / 1000);
    return problem === undefined ? undefined : unauthenticated(problem);
  };
};

const unauthenticated = (detail: string): Failure => failed('unauthenticated', 'sender-token-refused', detail);

const problemOf = (claims: Claims, { tenant, audience, callers }: Senders, now: number): string | undefined => {
  const issuers = [`https://sts.windows.net/${tenant}/`, `https://login.microsoftonline.com/${tenant}/v2.0`];
  if (!issuers.includes(String(claims.iss))) return 'The token is not issued for this tenant.';
  if (claims.aud !== audience) return 'The token is not meant for this platform.';
  const untimely = timeProblem(claims, now);
  if (untimely !== undefined) return untimely;
  return callers.includes(String(claims.appid ?? claims.azp)) ? undefined : 'The token is of nobody who may send events.';
};
