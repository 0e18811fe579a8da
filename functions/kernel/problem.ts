import type { Failure, FailureKind } from '../../domain/kernel/failure.ts';
import type { JsonObject } from '../../domain/kernel/json.ts';
import type { Answer } from './handler.ts';

const statuses: Record<FailureKind, readonly [status: number, title: string]> = {
  malformed: [400, 'Bad Request'],
  unauthenticated: [401, 'Unauthorized'],
  forbidden: [403, 'Forbidden'],
  'not-found': [404, 'Not Found'],
  conflict: [409, 'Conflict'],
  'precondition-failed': [412, 'Precondition Failed'],
  'too-large': [413, 'Content Too Large'],
  'unsupported-media-type': [415, 'Unsupported Media Type'],
  invalid: [422, 'Unprocessable Content'],
  busy: [429, 'Too Many Requests'],
  unavailable: [503, 'Service Unavailable'],
  timeout: [504, 'Gateway Timeout'],
  'storage-full': [507, 'Insufficient Storage'],
};

export const statusOf = (failure: Failure): number => statuses[failure.failure][0];

/** The name of a status that a failure can have, as RFC 9110 has it. */
export const titleOf = (status: number): string | undefined => Object.values(statuses).find(([code]) => code === status)?.[1];

/** RFC 9457 problem details: `type`, `title`, `status`, `detail`, the stable `code`, and what the failure adds for machines. */
export const problem = (failure: Failure): Answer => {
  const [status, title] = statuses[failure.failure];
  const body: JsonObject = {
    type: `urn:hybrid-ai-platform:problem:${failure.code}`,
    title,
    status,
    detail: failure.detail,
    code: failure.code,
    ...failure.extra,
  };
  return { status, body, headers: { 'content-type': 'application/problem+json', ...challenge(failure) } };
};

/** The Open Inference Protocol's error: `{"error": text}`. */
export const inferenceError = (failure: Failure): Answer => ({
  status: statusOf(failure),
  body: { error: failure.detail },
  headers: { 'content-type': 'application/json', ...challenge(failure) },
});

/** A failure where no route has said which shape its errors have: that of the protocol that the path belongs to. */
export const failureAt = (path: string, failure: Failure): Answer =>
  path === '/v2' || path.startsWith('/v2/') ? inferenceError(failure) : problem(failure);

// RFC 6750, section 3: a refused bearer token is told which scheme would be right.
const challenge = (failure: Failure): Record<string, string> =>
  failure.failure === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {};
