/**
 * Exponential backoff with full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): a random time from 0 to
 * `base` × 2^(attempt − 1), at most `max`, in the unit of `base` and `max`. `attempt` counts from 1.
 */
export const backoffWithJitter = (attempt: number, base: number, max: number, random: () => number = Math.random): number =>
  random() * Math.min(max, base * 2 ** (attempt - 1));
