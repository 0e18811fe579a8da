import { type Backoff, type Retryable, retrying } from './retry.ts';

/** Aborts what takes longer; `end` lets go of the timer. */
export const timeLimit = (millis: number): { readonly signal: AbortSignal; end(): void } => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), millis);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
};

/** `fetch failed` says nothing; its cause does. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? ` ${String(cause.code)}` : '';
  return cause instanceof Error ? `${error.message}:${code} ${cause.message}` : error.message;
};

/** Nobody is kept waiting longer than that for a server that asks for it. */
const longestWish = 20_000;

/** What `Retryable` answers of an error that may go by itself or not, and of the server's wish. */
export const afterWish = (mayGo: boolean, retryAfterMillis = 0): number | false =>
  mayGo && retryAfterMillis <= longestWish ? retryAfterMillis : false;

/** Errors of a cloud: which they are, and the same said to come after an attempt that may have had its effect. */
export type CloudErrors<E> = { readonly isOne: (error: unknown) => error is E; readonly afterUnheard: (error: E) => E };

/** Whether a call that failed may have had its effect all the same; the status is 0 where no answer came. */
const mayBeDone = (status: number): boolean => status === 0 || status >= 500;

/** Tries as `retrying` does; an error that comes after an attempt which may have had its effect, though nobody heard of its end, says so. */
export const retryingUnheard = <T, E extends { readonly details: { readonly status: number } }>(
  attempt: () => Promise<T>,
  { isOne, afterUnheard }: CloudErrors<E>,
  retryable: Retryable,
  backoff: Backoff,
): Promise<T> => {
  let unheard = false;
  return retrying(
    async () => {
      try {
        return await attempt();
      } catch (error) {
        if (!isOne(error)) throw error;
        const told = unheard ? afterUnheard(error) : error;
        unheard ||= mayBeDone(error.details.status);
        throw told;
      }
    },
    retryable,
    backoff,
  );
};
