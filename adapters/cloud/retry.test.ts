import { describe, expect, it } from 'vitest';
import { type Backoff, retrying, retryingRest, usualBackoff } from './retry.ts';

/** Waits for nothing, and remembers how long it would have. */
const recorded = (more: Partial<Backoff> = {}) => {
  const waits: number[] = [];
  return { waits, backoff: { ...usualBackoff, ...more, wait: async (millis: number) => void waits.push(millis) } };
};
const always = () => 0;

describe('waiting between attempts', () => {
  it('is random up to a bound that doubles and ends', async () => {
    const { waits, backoff } = recorded({ attempts: 8, maxMillis: 1000, random: () => 0.5 });
    await expect(retrying(() => Promise.reject(new TypeError('no')), always, backoff)).rejects.toThrow('no');
    expect(waits).toEqual([25, 50, 100, 200, 400, 500, 500]);
  });
  it('differs from caller to caller', async () => {
    const { waits, backoff } = recorded();
    const attempts = Array.from({ length: 20 }, () =>
      retrying((n) => (n === 1 ? Promise.reject(new TypeError('no')) : Promise.resolve(n)), always, backoff),
    );
    expect(await Promise.all(attempts)).toEqual(Array.from({ length: 20 }, () => 2));
    expect(new Set(waits).size).toBeGreaterThan(10);
    expect(Math.max(...waits)).toBeLessThanOrEqual(50);
  });
});

describe('the rest of a batch', () => {
  it('is sent until nothing is left', async () => {
    const { waits, backoff } = recorded({ random: () => 1 });
    const sent: (readonly number[])[] = [];
    const send = async (entries: readonly number[]) => {
      sent.push(entries);
      return entries.slice(1);
    };
    expect(await retryingRest([1, 2, 3], send, backoff)).toEqual([]);
    expect(sent).toEqual([[1, 2, 3], [2, 3], [3]]);
    expect(waits).toEqual([50, 100]);
  });
  it('is what it is when it was sent often enough', async () => {
    const { backoff } = recorded();
    let count = 0;
    const stubborn = async (entries: readonly string[]) => {
      count += 1;
      return entries.filter((entry) => entry === 'bad');
    };
    expect(await retryingRest(['good', 'bad'], stubborn, backoff)).toEqual(['bad']);
    expect(count).toBe(6);
  });
  it('of nothing is nothing', async () => expect(await retryingRest([], () => expect.unreachable(), usualBackoff)).toEqual([]));
});
