import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../domain/kernel/table.ts';
import { changeStreamConformance } from '../conformance/change-stream.ts';
import { eventually, settableClock } from '../conformance/harness.ts';
import { type ChangeSubscription, changeStream } from './change-stream.ts';
import { temporaryStore } from './test-store.ts';

changeStreamConformance('the laptop', async () => {
  const temporary = temporaryStore(settableClock());
  const running = new Set<ChangeSubscription>();
  const open = async () => temporary.store().table('things', { changes: true });
  const stopAll = async () => {
    await Promise.all([...running].map((one) => one.stop()));
    running.clear();
  };
  return {
    table: open,
    async restart() {
      await stopAll();
      await temporary.reopen();
      return open();
    },
    subscribe(consumer, handler, options) {
      const subscription = changeStream(temporary.store(), 'things').subscribe(consumer, handler, options);
      running.add(subscription);
      return {
        stop() {
          running.delete(subscription);
          return subscription.stop();
        },
      };
    },
    drain: async () => void (await Promise.all([...running].map((one) => one.idle()))),
    kept: () => changeStream(temporary.store(), 'things').kept(),
    async dispose() {
      await stopAll();
      await temporary.dispose();
    },
  };
});

describe('a subscription on the laptop', () => {
  const clock = settableClock();
  let temporary: ReturnType<typeof temporaryStore>;
  beforeEach(() => {
    temporary = temporaryStore(clock);
  });
  afterEach(() => temporary.dispose());

  it('hears of a commit within milliseconds', async () => {
    const table = temporary.store().table('things', { changes: true });
    let heard = 0;
    const one = changeStream(temporary.store(), 'things').subscribe('one', async () => {
      heard = performance.now();
    });
    await one.idle();
    await table.put({ pk: 'acme#a', sk: '1' });
    const written = performance.now();
    await eventually(() => heard > 0);
    await one.stop();
    expect(heard - written).toBeLessThan(50);
  });
  it('gathers changes while it lingers', async () => {
    const table = temporary.store().table('things', { changes: true });
    const sizes: number[] = [];
    const one = changeStream(temporary.store(), 'things').subscribe('one', async (changes) => void sizes.push(changes.length), {
      linger: 60_000,
      batchSize: 3,
    });
    for (const sk of ['1', '2', '3']) await table.put({ pk: 'acme#a', sk });
    await eventually(() => sizes.length > 0);
    await one.stop();
    expect(sizes).toEqual([3]);
  });
  it('passes over what its filter leaves out', async () => {
    const table = temporary.store().table('things', { changes: true });
    const seen: Change[] = [];
    const one = changeStream(temporary.store(), 'things').subscribe('one', async (changes) => void seen.push(...changes), {
      filter: ({ item }) => item?.kind === 'event',
    });
    await table.put({ pk: 'acme#a', sk: '1', kind: 'state' });
    await table.put({ pk: 'acme#a', sk: '2', kind: 'event' });
    await one.idle();
    await one.stop();
    expect(seen.map(({ key }) => key.sk)).toEqual(['2']);
    expect(changeStream(temporary.store(), 'things').kept()).toBe(0);
  });
  it('is told of an item that expired as of one that was removed', async () => {
    const table = temporary.store().table('things', { changes: true });
    const seen: Change[] = [];
    const one = changeStream(temporary.store(), 'things').subscribe('one', async (changes) => void seen.push(...changes));
    await table.put({ pk: 'acme#a', sk: '1', expiresAt: Math.floor(clock.now().getTime() / 1000) + 5 });
    await one.idle();
    clock.advance(6);
    await temporary.store().sweep();
    await one.idle();
    await one.stop();
    expect(seen.map(({ item }) => item === undefined)).toEqual([false, true]);
  });
});
