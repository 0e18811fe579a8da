import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { afterWish } from '../cloud/attempts.ts';
import type { Retryable } from '../cloud/retry.ts';

/** What a service answered in place of a result. `body` is the answer as it came. */
export type GcpErrorDetails = {
  readonly service: string;
  readonly operation: string;
  /** The canonical code (`NOT_FOUND`, `ABORTED`); of an answer without one, `Http404`; where none came, `NetworkError` or `AttemptTimedOut`; where no token was to be had, `MissingIdentity`. */
  readonly code: string;
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly message: string;
  readonly body?: string;
  /** The server's wish, from `Retry-After` or `RetryInfo`. */
  readonly retryAfterMillis?: number;
  /** An attempt before may have been done though no answer said so. */
  readonly mayBeDone?: boolean;
};

/**
 * A call that failed. Whoever expects a code asks `isGcpError`; whoever does not lets it go up, where it is an expected failure of kind
 * `unavailable`, whose detail names the call but nothing of the project. The message, for logs, says all; a log does not see the details.
 */
export class GcpError extends Rejected {
  declare readonly details: GcpErrorDetails;
  constructor(details: GcpErrorDetails, cause?: unknown) {
    super(failed('unavailable', isIdentityProblem(details) ? 'cloud-credentials' : 'cloud-unavailable', explain(details)));
    const { service, operation, code, status, message } = details;
    this.name = 'GcpError';
    this.message = `${service} ${operation}: ${code} (${status}): ${message}`;
    // Loggers write every property that they can list; an answer's body may quote what was sent.
    Object.defineProperty(this, 'details', { value: details, enumerable: false });
    if (cause !== undefined) this.cause = cause;
  }
}

export const isGcpError = (error: unknown, ...codes: readonly string[]): error is GcpError =>
  error instanceof GcpError && (codes.length === 0 || codes.includes(error.details.code));

/** An XML or JSON API answers some things by its status alone. */
export const hasStatus = (error: unknown, ...statuses: readonly number[]): error is GcpError =>
  error instanceof GcpError && statuses.includes(error.details.status);

const isIdentityProblem = ({ code, status }: GcpErrorDetails): boolean =>
  code === 'UNAUTHENTICATED' || code === 'MissingIdentity' || status === 401;

const explain = (details: GcpErrorDetails): string =>
  isIdentityProblem(details)
    ? 'The identity with which the platform speaks to its cloud is missing, expired or not accepted; whoever runs it has to renew it.'
    : `The cloud did not do what the platform asked of it (${details.service} ${details.operation}: ${details.code}); try again later.`;

// https://cloud.google.com/apis/design/errors, "Retrying errors"; of each service's reference, RESOURCE_EXHAUSTED and INTERNAL too.
const transientCodes: ReadonlySet<string> = new Set([
  'ABORTED',
  'AttemptTimedOut',
  'DEADLINE_EXCEEDED',
  'INTERNAL',
  'NetworkError',
  'RESOURCE_EXHAUSTED',
  'UNAVAILABLE',
]);
const transientStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** `Retryable` for whatever a call throws. */
export const isTransient: Retryable = (error) => {
  if (!(error instanceof GcpError)) return false;
  const { code, status, retryAfterMillis } = error.details;
  return afterWish(transientCodes.has(code) || transientStatuses.has(status), retryAfterMillis);
};
