import { setTimeout as sleep } from 'node:timers/promises';

/** How often and how long after each other a call is tried. The wait before attempt n + 1 is random, up to `baseMillis` × 2ⁿ and `maxMillis` ("full jitter"). */
export type Backoff = {
  readonly attempts: number;
  readonly baseMillis: number;
  readonly maxMillis: number;
  readonly random: () => number;
  readonly wait: (millis: number) => Promise<unknown>;
};

/** The one policy of all adapters: at most 6 attempts, whose waits make about 0.8 s on average and 1.6 s at most. */
export const usualBackoff: Backoff = { attempts: 6, baseMillis: 50, maxMillis: 5000, random: Math.random, wait: (millis) => sleep(millis) };

const waitMillis = (attempt: number, { baseMillis, maxMillis, random }: Backoff): number =>
  random() * Math.min(maxMillis, baseMillis * 2 ** (attempt - 1));

/** Whether an error may go by itself: `false`, or the milliseconds to wait at least (0 where the server named none). */
export type Retryable = (error: unknown) => number | false;

/** Tries until it succeeds, fails for good or has been tried often enough; then its last error is thrown. Attempts count from 1. */
export const retrying = async <T>(
  attempt: (count: number) => Promise<T>,
  retryable: Retryable,
  backoff: Backoff = usualBackoff,
): Promise<T> => {
  for (let count = 1; ; count++) {
    try {
      return await attempt(count);
    } catch (error) {
      const atLeast = count < backoff.attempts && retryable(error);
      if (atLeast === false) throw error;
      await backoff.wait(Math.max(atLeast, waitMillis(count, backoff)));
    }
  }
};

/** Sends a batch of which some entries may fail, and what failed again; `send` answers with those. Gives what failed to the last. */
export const retryingRest = async <T>(
  entries: readonly T[],
  send: (entries: readonly T[]) => Promise<readonly T[]>,
  backoff: Backoff = usualBackoff,
): Promise<readonly T[]> => {
  let rest = entries;
  for (let count = 1; rest.length > 0; count++) {
    rest = await send(rest);
    if (rest.length === 0 || count >= backoff.attempts) break;
    await backoff.wait(waitMillis(count, backoff));
  }
  return rest;
};
