import type { Documents } from '../../platform/get-openapi.ts';
import type { BoundContext } from '../bound-context.ts';
import { bounded, changedRequest } from '../bounded.ts';
import { cloudApp } from '../cloud-app.ts';
import type { FetchApp } from '../fetch-app.ts';
import { listIn, tokenVerifier } from './identity-token.ts';
import { carriedBytes } from './limits.ts';
import type { Google } from './push-function.ts';

/** What a call carries of a model's answer. */
const carries = { isCarried: ({ length }: Uint8Array) => length <= carriedBytes, atMost: '32 MiB' } as const;

/** Until a function answers for itself; its service ends a request a second later. */
const timeoutMillis = 28_000;

/** Answers requests for these contexts; `documents` where the platform's own are among their routes. */
export const httpFunction = (bound: readonly BoundContext[], google: Google, documents?: Documents): FetchApp => {
  const app = cloudApp(bound, google, { documents, carries, largestAnswerBytes: carriedBytes });
  const restored = restorer(google);
  const answer: FetchApp = async (request) => inChunks(await app(await restored(request)));
  return bounded(answer, { bodyBytes: carriedBytes, timeoutMillis }, google.log);
};

/** A large answer goes in chunks, of which there may be any number; with its length it would be refused. */
const inChunks = (response: Response): Response => {
  if (Number(response.headers.get('content-length') ?? 0) > carriedBytes) response.headers.delete('content-length');
  return response;
};

/**
 * An API Gateway puts a token of its own in the place of the client's `Authorization`, and that into `X-Forwarded-Authorization`
 * (https://cloud.google.com/api-gateway/docs/authenticate-service-account). It is put back where the token is that of `HYBRID_GATEWAY_CALLERS`; from
 * anybody else the header is worth nothing.
 */
const restorer = ({ environment, cloud }: Google): ((request: Request) => Promise<Request>) => {
  const expected = { audiences: listIn(environment.HYBRID_AUDIENCE), callers: listIn(environment.HYBRID_GATEWAY_CALLERS) };
  const verifyToken = tokenVerifier(environment, cloud.clock);
  return async (request) => {
    const forwarded = request.headers.get(forwardedHeader);
    if (forwarded === null) return request;
    const isTrusted = expected.callers.length > 0 && (await verifyToken(request.headers.get('authorization'), expected)) === undefined;
    const headers = new Headers(request.headers);
    headers.delete(forwardedHeader);
    if (isTrusted) headers.set('authorization', forwarded);
    return changedRequest(request, { headers });
  };
};

const forwardedHeader = 'x-forwarded-authorization';
