import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atInterval } from './at-interval.ts';

describe('running at an interval', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs once an interval', async () => {
    const run = vi.fn(async () => undefined);
    const { stop } = atInterval(1000, run);
    await vi.advanceTimersByTimeAsync(3500);
    expect(run).toHaveBeenCalledTimes(3);
    await stop();
  });

  it('waits for a run that takes longer than an interval', async () => {
    let finish = () => {};
    const run = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const { stop } = atInterval(1000, run);
    await vi.advanceTimersByTimeAsync(2500);
    expect(run).toHaveBeenCalledTimes(1);
    finish();
    await vi.advanceTimersByTimeAsync(1000);
    expect(run).toHaveBeenCalledTimes(2);
    finish();
    await stop();
  });

  it('runs no more once stopped', async () => {
    const run = vi.fn(async () => undefined);
    await atInterval(1000, run).stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(run).not.toHaveBeenCalled();
  });
});
