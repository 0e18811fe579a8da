import { type RetryConfig, secondsOf } from './resources.ts';

/**
 * Seconds between an attempt and the next, where `attempts` were made: it doubles from the least `maxDoublings` times, then grows by the last step,
 * up to the most. With 10 s, 300 s and 3: 10, 20, 40, 80, 160, 240, 300, 300, …
 */
export const backoffSeconds = (attempts: number, { minBackoff, maxBackoff, maxDoublings }: RetryConfig): number => {
  const least = secondsOf(minBackoff);
  const retry = attempts - 1;
  const linear = retry - maxDoublings;
  const seconds = linear <= 0 ? least * 2 ** retry : least * 2 ** maxDoublings * (linear + 1);
  return Math.min(seconds, secondsOf(maxBackoff));
};

/** Both limits have to be reached, where there is one of time. */
export const isGivenUp = (attempts: number, secondsSinceFirst: number, { maxAttempts, maxRetryDuration }: RetryConfig): boolean => {
  if (maxAttempts === -1 || attempts < maxAttempts) return false;
  const limit = maxRetryDuration === undefined ? 0 : secondsOf(maxRetryDuration);
  return limit === 0 || secondsSinceFirst >= limit;
};
