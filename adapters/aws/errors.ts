import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { afterWish } from '../cloud/attempts.ts';

/** What a service answered in place of a result, by its own code (`ConditionalCheckFailedException`, `NoSuchKey`). `body` is the answer as it came. */
export type AwsErrorDetails = {
  readonly service: string;
  readonly operation: string;
  /** The service's code; of an answer without one, `Http404`, and where none came, `NetworkError` or `AttemptTimedOut`. */
  readonly code: string;
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly message: string;
  readonly body?: string;
  readonly requestId?: string;
  /** The server's wish, from `Retry-After`. */
  readonly retryAfterMillis?: number;
  /** An attempt before this one may have done what it asked: nobody heard its end. */
  readonly mayBeDone?: true;
};

/**
 * A call that failed. Whoever expects a code asks `isAwsError`; whoever does not lets it go up, where it is an expected failure of kind
 * `unavailable`, whose detail names the call but nothing of the account. The message, for logs, says all; a log does not see the details.
 */
export class AwsError extends Rejected {
  declare readonly details: AwsErrorDetails;
  constructor(details: AwsErrorDetails, cause?: unknown) {
    super(failed('unavailable', isCredentialsProblem(details) ? 'cloud-credentials' : 'cloud-unavailable', explain(details)));
    const { service, operation, code, status, message, requestId } = details;
    this.name = 'AwsError';
    this.message = `${service} ${operation}: ${code} (${status}): ${withoutToken(message)}${requestId === undefined ? '' : ` [request ${requestId}]`}`;
    // Loggers write every property that they can list, and a refused signature is answered with all that was signed, the session's token too.
    Object.defineProperty(this, 'details', { value: details, enumerable: false });
    if (cause !== undefined) this.cause = cause;
  }
}

const withoutToken = (message: string): string => message.replaceAll(/(x-amz-security-token\W+)[\w+/=%-]+/gi, '$1…');

export const isAwsError = (error: unknown, ...codes: readonly string[]): error is AwsError =>
  error instanceof AwsError && (codes.length === 0 || codes.includes(error.details.code));

// Of the services' lists of common errors, and S3's.
const credentialsCodes: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

const isCredentialsProblem = ({ code }: AwsErrorDetails): boolean => credentialsCodes.has(code);

const explain = (details: AwsErrorDetails): string =>
  isCredentialsProblem(details)
    ? 'The credentials with which the platform speaks to its cloud are missing, expired or not accepted; whoever runs it has to renew them.'
    : `The cloud did not do what the platform asked of it (${details.service} ${details.operation}: ${details.code}); try again later.`;

// The codes after which AWS's own clients try again: throttling in its many names, and what is transient (retry behaviour, SDKs and tools reference guide).
const transientCodes: ReadonlySet<string> = new Set([
  'AttemptTimedOut',
  'BandwidthLimitExceeded',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'LimitExceededException',
  'NetworkError',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestExpired',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);
const transientStatuses: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** `Retryable` for whatever a call throws. */
export const isTransient = (error: unknown): number | false => {
  if (!(error instanceof AwsError)) return false;
  const { code, status, retryAfterMillis } = error.details;
  return afterWish(transientCodes.has(code) || transientStatuses.has(status), retryAfterMillis);
};
