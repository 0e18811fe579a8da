import type { Failure } from '../../domain/kernel/failure.ts';
import { failureAt } from '../kernel/problem.ts';
import { respond } from '../kernel/respond.ts';
import { continueTrace } from '../kernel/trace.ts';

/** What of a request decides about the form of a refusal. */
export type Refused = { readonly path: string; readonly method: string; readonly traceparent: string | null | undefined };

export const refusedOf = ({ url, method, headers }: Pick<Request, 'url' | 'method' | 'headers'>): Refused => ({
  path: new URL(url).pathname,
  method,
  traceparent: headers.get('traceparent'),
});

/** A failure of the call itself, in the shape of the protocol that its path belongs to. */
export const refusal = ({ path, method, traceparent }: Refused, failure: Failure): Response =>
  respond(failureAt(path, failure), continueTrace(traceparent ?? undefined), method);
