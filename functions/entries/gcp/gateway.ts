import type { Clock } from '../../../domain/kernel/clock.ts';
import { type Failure, isFailure } from '../../../domain/kernel/failure.ts';
import { changedRequest } from '../bounded.ts';
import { failureOf } from '../call-failures.ts';
import type { FetchApp } from '../fetch-app.ts';
import type { Environment } from '../opened.ts';
import { refusal, refusedOf } from '../refusal.ts';
import { listIn, tokenVerifier } from './identity-token.ts';

const forwardedHeader = 'x-forwarded-authorization';

/**
 * An app behind an API Gateway, which puts a token of its own in the place of the client's `Authorization`, and that into `X-Forwarded-Authorization`
 * (https://cloud.google.com/api-gateway/docs/authenticate-service-account). Only who has the token of one of `HYBRID_GATEWAY_CALLERS`, for
 * `HYBRID_AUDIENCE`, gets in, and the client's own is put back; where nobody is named there is no gateway, and the header is worth nothing.
 */
export const behindGateway = (app: FetchApp, environment: Environment, clock: Clock): FetchApp => {
  const restored = restorer(environment, clock);
  return async (request) => {
    // Where the keys of tokens cannot be had, that is an answer too.
    const own = await restored(request).catch(failureOf);
    return isFailure(own) ? refusal(refusedOf(request), own) : app(own);
  };
};

const restorer = (environment: Environment, clock: Clock): ((request: Request) => Promise<Request | Failure>) => {
  const expected = { audiences: listIn(environment.HYBRID_AUDIENCE), callers: listIn(environment.HYBRID_GATEWAY_CALLERS) };
  const verifyToken = tokenVerifier(environment, clock);
  return async (request) => {
    const forwarded = request.headers.get(forwardedHeader);
    if (expected.callers.length === 0) return forwarded === null ? request : changedRequest(request, { headers: headersOf(request, null) });
    const refused = await verifyToken(request.headers, expected);
    if (refused !== undefined) return refused;
    return changedRequest(request, { headers: headersOf(request, { authorization: forwarded }) });
  };
};

/** A client that said nothing of himself says nothing behind it either: the gateway's own token is not his. */
const headersOf = ({ headers }: Request, instead: { readonly authorization: string | null } | null): Headers => {
  const through = new Headers(headers);
  through.delete(forwardedHeader);
  if (instead === null) return through;
  through.delete('authorization');
  if (instead.authorization !== null) through.set('authorization', instead.authorization);
  return through;
};
