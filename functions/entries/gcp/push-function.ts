import { failed, isFailure, orReject, Rejected } from '../../../domain/kernel/failure.ts';
import { parseJson, readBody } from '../../kernel/body.ts';
import { failureOf } from '../call-failures.ts';
import type { FetchApp } from '../fetch-app.ts';
import type { Opened } from '../opened.ts';
import { refusal, refusedOf } from '../refusal.ts';
import type { GcpCloud } from './cloud.ts';
import { listIn, tokenVerifier } from './identity-token.ts';
import { carriedBytes } from './limits.ts';

export type Google = Opened<GcpCloud>;

/** A call of the cloud's own: the path's first part and what is behind it, its headers, and its body as JSON. */
export type Push = { readonly kind: string; readonly name: string; readonly headers: Headers; readonly body: unknown };

/**
 * A function that only the cloud calls: subscriptions, triggers, tasks and the scheduler, each with an identity token for `HYBRID_AUDIENCE` and of
 * one of `HYBRID_CALLERS`. What throws is answered by a status that has the call made again, after the back-off of whoever calls; `handlers` are by
 * the path's first part.
 */
export const pushFunction = (google: Google, handlers: { readonly [kind: string]: (push: Push) => Promise<void> }): FetchApp => {
  const { cloud, environment, log } = google;
  const verifyToken = tokenVerifier(environment, cloud.clock);
  const expected = { audiences: listIn(environment.HYBRID_AUDIENCE), callers: listIn(environment.HYBRID_CALLERS) };
  return async (request) => {
    const { pathname } = new URL(request.url);
    try {
      const refused = await verifyToken(request.headers, expected);
      if (refused !== undefined) {
        log.warn('a call was refused', { path: pathname, reason: refused.detail });
        return refusal(refusedOf(request), refused);
      }
      const [, kind = '', name = ''] = /^\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
      const handle = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined;
      if (handle === undefined || request.method !== 'POST') return refusal(refusedOf(request), unknownPath(pathname));
      await handle({ kind, name: decodeURIComponent(name), headers: request.headers, body: await jsonOf(request) });
      return new Response(null, { status: 204 });
    } catch (error) {
      log.error('a delivery failed and will be made again', error, { path: pathname });
      return refusal(refusedOf(request), failureOf(error));
    }
  };
};

const unknownPath = (path: string) => failed('not-found', 'route-not-found', `Nothing is delivered to ${path} here.`);

/** The scheduler may send no body, and Firestore's events come as protobuf: what they say is in their headers. */
const jsonOf = async (request: Request): Promise<unknown> => {
  const bytes = orReject<Uint8Array>(await readBody(request, carriedBytes));
  if (!/json|octet-stream|^$/.test(request.headers.get('content-type') ?? '')) return undefined;
  const parsed = parseJson(bytes);
  if (isFailure(parsed)) throw new Rejected(parsed);
  return parsed.value;
};
