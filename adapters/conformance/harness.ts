import { expect } from 'vitest';
import type { Clock } from '../../domain/kernel/clock.ts';
import { isFailure, Rejected } from '../../domain/kernel/failure.ts';
import { noteUnproven } from './proof.ts';

/** A clock that a test sets. */
export type SettableClock = Clock & { set(at: Date): void; advance(seconds: number): void };

export const settableClock = (start = new Date('2026-11-01T12:00:00.000Z')): SettableClock => {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    set: (at) => {
      now = at.getTime();
    },
    advance: (seconds) => {
      now += seconds * 1000;
    },
  };
};

/**
 * Promises that a target does not keep, or that its emulator cannot show, each with the reason. Their tests are skipped with it, so that it
 * stands in every report.
 */
export type Unshown<Promise extends string> = { readonly unshown?: { readonly [promise in Promise]?: string } };

/** Skips the running test where its promise is declared unshown. */
export const unlessUnshown = <P extends string>({ unshown }: Unshown<P>, promise: P, skip: (reason: string) => void): void => {
  const reason = unshown?.[promise];
  if (reason === undefined) return;
  noteUnproven(reason);
  skip(reason);
};

/** The failure with which a call is rejected; a test fails where it is not, or with something else. */
export const rejection = async (call: Promise<unknown>): Promise<{ readonly failure: string; readonly code: string }> => {
  const reason: unknown = await call.then(
    () => 'no rejection',
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(Rejected);
  const failure = (reason as Rejected).failure;
  expect(isFailure(failure)).toBe(true);
  return { failure: failure.failure, code: failure.code };
};

/** Waits for a condition that becomes true without the test's doing; fails past `millis`. */
export const eventually = async (condition: () => boolean | Promise<boolean>, millis = 5000): Promise<void> => {
  await expect.poll(condition, { timeout: millis, interval: 2 }).toBe(true);
};
