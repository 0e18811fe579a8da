import { type Failure, failed, Rejected } from '../../../domain/kernel/failure.ts';
import type { Answer } from '../../kernel/handler.ts';
import type { Log } from '../../kernel/log.ts';
import { failureAt } from '../../kernel/problem.ts';
import { respond } from '../../kernel/respond.ts';
import { continueTrace } from '../../kernel/trace.ts';
import { type Bounds, bounded } from '../bounded.ts';
import { outOfTime } from '../call-failures.ts';
import type { FetchApp } from '../fetch-app.ts';
import { refusal, refusedOf } from '../refusal.ts';
import { backward, onward } from './headers.ts';
import type { Routes } from './routes.ts';

export type EdgeOptions = {
  readonly routes: Routes;
  /** Headers that prove to a function who asks. */
  readonly proof: (target: URL) => Promise<{ readonly [name: string]: string }>;
  readonly bounds: Bounds;
  readonly log: Log;
};

/**
 * The one door of the platform: sends each request on to the function whose path it has, and the answer back, both as they come and neither held
 * whole. What cannot be reached is a 502, what does not answer in time a 504.
 */
export const edge = ({ routes, proof, bounds, log }: EdgeOptions): FetchApp => {
  const forward: FetchApp = async (request) => {
    const { pathname, search, host } = new URL(request.url);
    const target = isOfHost(pathname) ? undefined : routes(pathname);
    if (target === undefined) return refusal(refusedOf(request), nowhere(request.method, pathname));
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), bounds.timeoutMillis);
    try {
      const headers = onward(request.headers, host, await proof(target));
      const answer = await fetch(`${target.origin}${pathname}${search}`, {
        ...{ method: request.method, headers, redirect: 'manual', signal: AbortSignal.any([late.signal, request.signal]) },
        ...(request.body === null ? {} : { body: request.body, duplex: 'half' }),
      } as RequestInit);
      return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers: backward(answer.headers) });
    } catch (error) {
      if (late.signal.aborted) return refusal(refusedOf(request), outOfTime());
      return refused(request, error, log);
    } finally {
      clearTimeout(timer);
    }
  };
  // It answers for itself; the bound behind it is for what even that cannot.
  return bounded(forward, { ...bounds, timeoutMillis: bounds.timeoutMillis + 1000 }, log);
};

/** Hosts of functions answer these themselves to whoever has a key of theirs: nobody has to come that way. */
const isOfHost = (path: string): boolean => /^[./\\]*(admin|runtime)([/\\]|$)/i.test(decoded(path));

const unescaped = (path: string): string =>
  path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
/** Twice, for one that was encoded twice. */
const decoded = (path: string): string => unescaped(unescaped(path));

const nowhere = (method: string, path: string): Failure =>
  failed('not-found', 'route-not-found', `There is nothing at ${method} ${path}; see /docs.`);

/** A body that was too large breaks the request off from within. */
const refused = (request: Request, error: unknown, log: Log): Response => {
  const { cause } = error as { readonly cause?: unknown };
  const rejected = [error, cause].find((one) => one instanceof Rejected);
  if (rejected !== undefined) return refusal(refusedOf(request), rejected.failure);
  if (request.signal.aborted)
    return refusal(refusedOf(request), failed('malformed', 'request-aborted', 'The request broke off before it was complete.'));
  log.error('a function could not be reached', cause ?? error, { path: new URL(request.url).pathname });
  return badGateway(request);
};

const badGateway = (request: Request): Response => {
  const { path, traceparent, method } = refusedOf(request);
  const failure = failed('unavailable', 'function-unreachable', 'What answers for this path cannot be reached; try again.');
  const answer = failureAt(path, failure);
  const shaped = answer.body as object;
  const body = ('error' in shaped ? shaped : { ...shaped, title: 'Bad Gateway', status: 502 }) as NonNullable<Answer['body']>;
  return respond({ ...answer, status: 502, body }, continueTrace(traceparent), method);
};
