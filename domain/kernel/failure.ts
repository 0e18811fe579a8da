import type { JsonObject } from './json.ts';

/** What went wrong, in the words that every transport can translate: HTTP makes a status of it, a worker a retry or a dead letter. */
export type FailureKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'precondition-failed'
  | 'too-large'
  | 'unsupported-media-type'
  | 'malformed'
  /** Too much at once; it can be asked for again in a while. */
  | 'busy'
  | 'timeout'
  | 'unavailable'
  | 'storage-full';

/**
 * An expected failure: a value, not an exception. `code` is stable and documented, `detail` says what was wrong and
 * what would be right, `extra` are members for a machine (a list of what stands in the way, say).
 */
export type Failure<Code extends string = string> = {
  readonly failure: FailureKind;
  readonly code: Code;
  readonly detail: string;
  readonly extra?: JsonObject;
};

export const failed = <Code extends string>(failure: FailureKind, code: Code, detail: string, extra?: JsonObject): Failure<Code> =>
  extra === undefined ? { failure, code, detail } : { failure, code, detail, extra };

export const isFailure = (value: unknown): value is Failure =>
  typeof value === 'object' && value !== null && 'failure' in value && 'code' in value && 'detail' in value;

/** Carries an expected failure through code that cannot return one (a stream, a callback, a store that is full). */
export class Rejected extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(`${failure.code}: ${failure.detail}`);
    this.name = 'Rejected';
    this.failure = failure;
  }
}

/** The value, or its failure thrown as `Rejected`. */
export const orReject = <T>(value: T | Failure): T => {
  if (isFailure(value)) throw new Rejected(value);
  return value as T;
};
