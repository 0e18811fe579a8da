import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { afterWish } from '../cloud/attempts.ts';

/** What a service answered in place of a result, by its own code (`BlobNotFound`, `Conflict`). `body` is the answer as it came. */
export type AzureErrorDetails = {
  readonly service: string;
  readonly operation: string;
  /** The service's code; of an answer without one, `Http404`, and where none came, `NetworkError` or `AttemptTimedOut`. */
  readonly code: string;
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** Of Cosmos DB: tells apart what has the same status. */
  readonly substatus?: number;
  readonly message: string;
  readonly body?: string;
  readonly headers?: Headers;
  readonly requestId?: string;
  /** The server's wish, from `Retry-After` or `x-ms-retry-after-ms`. */
  readonly retryAfterMillis?: number;
  /** How many attempts there were; from the second on, one before may have been done though its answer was lost. */
  readonly attempts?: number;
};

/**
 * A call that failed. Whoever expects a code or status asks `isAzureError`; whoever does not lets it go up, where it is an expected failure of kind
 * `unavailable`, whose detail names the call but nothing of the account. The message, for logs, says all; a log does not see the details.
 */
export class AzureError extends Rejected {
  declare readonly details: AzureErrorDetails;
  constructor(details: AzureErrorDetails, cause?: unknown) {
    super(failed('unavailable', isCredentialsProblem(details) ? 'cloud-credentials' : 'cloud-unavailable', explain(details)));
    const { service, operation, code, status, message, requestId } = details;
    this.name = 'AzureError';
    this.message = `${service} ${operation}: ${code} (${status}): ${message}${requestId === undefined ? '' : ` [request ${requestId}]`}`;
    // Loggers write every property that they can list, and an answer may quote what was sent.
    Object.defineProperty(this, 'details', { value: details, enumerable: false });
    if (cause !== undefined) this.cause = cause;
  }
}

/** Whether a call failed with one of these codes (`BlobNotFound`) or statuses. */
export const isAzureError = (error: unknown, ...codes: readonly (string | number)[]): error is AzureError =>
  error instanceof AzureError && (codes.length === 0 || codes.includes(error.details.code) || codes.includes(error.details.status));

// Of the managed identity endpoint, and of the services' lists of common errors.
const credentialsCodes: ReadonlySet<string> = new Set([
  'MissingIdentity',
  'IdentityRefused',
  'AuthenticationFailed',
  'InvalidAuthenticationInfo',
  'NoAuthenticationInformation',
]);

const isCredentialsProblem = ({ code, status }: AzureErrorDetails): boolean => status === 401 || credentialsCodes.has(code);

const explain = (details: AzureErrorDetails): string =>
  isCredentialsProblem(details)
    ? 'The identity with which the platform speaks to its cloud is missing, expired or not accepted; whoever runs it has to renew it.'
    : `The cloud did not do what the platform asked of it (${details.service} ${details.operation}: ${details.code}); try again later.`;

/** 449 is Cosmos DB's "retry with": a write lost against another of the same item. */
const transientStatuses: ReadonlySet<number> = new Set([408, 429, 449, 500, 502, 503, 504]);
const transientCodes: ReadonlySet<string> = new Set(['NetworkError', 'AttemptTimedOut']);

/** `Retryable` for whatever a call throws. */
export const isTransient = (error: unknown): number | false => {
  if (!(error instanceof AzureError)) return false;
  const { code, status, retryAfterMillis } = error.details;
  return afterWish(transientCodes.has(code) || transientStatuses.has(status), retryAfterMillis);
};
