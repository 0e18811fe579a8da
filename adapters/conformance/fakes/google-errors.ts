import { type FakeAnswer, json, Refusal } from './server.ts';

/** Google's canonical codes with their HTTP statuses (https://cloud.google.com/apis/design/errors). */
const statuses = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type GoogleStatus = keyof typeof statuses;

/** An error as a Google API writes it; also what an interceptor may answer. */
export const googleError = (status: GoogleStatus, message: string): FakeAnswer =>
  json(statuses[status], { error: { code: statuses[status], message, status } });

export const googleRefusal = (status: GoogleStatus, message: string): Refusal => new Refusal(googleError(status, message));
