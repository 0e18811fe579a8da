import { type Failure, failed, Rejected } from '../../domain/kernel/failure.ts';

/** What was thrown, as a caller may know it. */
export const failureOf = (error: unknown): Failure =>
  error instanceof Rejected ? error.failure : failed('unavailable', 'internal-error', 'Something went wrong on our side; try again.');

/** Why a call ends that takes longer than its cloud lets it. */
export const outOfTime = (): Failure =>
  failed('timeout', 'time-limit-exceeded', 'This takes longer than one call may take; what was begun may still be done.');
