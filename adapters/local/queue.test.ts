import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QueuePolicy, Worker } from '../../domain/kernel/queue.ts';
import { eventually } from '../conformance/harness.ts';
import { queueConformance } from '../conformance/queue.ts';
import { systemClock } from '../system/system-clock.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { localDeadLetters } from './dead-letters.ts';
import type { Working } from './deliveries.ts';
import { type LocalQueue, localQueue } from './queue.ts';
import { temporaryStore } from './test-store.ts';

const options = { clock: systemClock, ids: ulidIds() };
const policy: QueuePolicy = { attempts: 3, visibilitySeconds: 60, batchSize: 5, backoff: { baseSeconds: 0.01, maxSeconds: 0.03 } };

queueConformance('the laptop', async () => {
  const temporary = temporaryStore(systemClock);
  const working = new Set<Working>();
  let asked = policy;
  let queue: LocalQueue;
  const open = () => {
    queue = localQueue(temporary.store(), 'chores', asked, options);
    return queue;
  };
  const stopAll = async () => {
    await Promise.all([...working].map((one) => one.stop()));
    working.clear();
  };
  return {
    lateMillis: 40,
    async queue(declared) {
      asked = declared;
      return open();
    },
    async restart() {
      await stopAll();
      await temporary.reopen();
      return open();
    },
    work(worker: Worker) {
      const one = queue.work(worker);
      working.add(one);
      return one;
    },
    deadLetters: () => localDeadLetters(temporary.store(), options),
    async dispose() {
      await stopAll();
      await temporary.dispose();
    },
  };
});

describe('a queue on the laptop', () => {
  let temporary: ReturnType<typeof temporaryStore>;
  beforeEach(() => {
    temporary = temporaryStore(systemClock);
  });
  afterEach(() => temporary.dispose());

  it('brings at once, after a restart, what a process had in hand when it ended', async () => {
    const lost = localQueue(temporary.store(), 'chores', policy, options).work(() => new Promise(() => undefined));
    await localQueue(temporary.store(), 'chores', policy, options).send([{ body: 'in hand' }]);
    await lost.idle;
    await eventually(() => lastDue(temporary) > Date.now() + 30_000);
    await temporary.reopen();
    const attempts: number[] = [];
    const found = localQueue(temporary.store(), 'chores', policy, options).work(async (batch) => {
      attempts.push(...batch.map(({ attempt }) => attempt));
      return { failed: [] };
    });
    await eventually(() => attempts.length > 0);
    await found.stop();
    expect(attempts).toEqual([2]);
  });
  it('is idle when nothing is due and nothing runs', async () => {
    const queue = localQueue(temporary.store(), 'chores', policy, options);
    let finished = 0;
    const working = queue.work(async (batch) => {
      finished += batch.length;
      return { failed: [] };
    });
    await queue.send(Array.from({ length: 30 }, (_, n) => ({ body: n })));
    await working.idle();
    expect(finished).toBe(30);
    await working.stop();
  });
  it('uses no processor while it has nothing to do', async () => {
    const working = localQueue(temporary.store(), 'chores', policy, options).work(async () => ({ failed: [] }));
    await working.idle();
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { user, system } = process.cpuUsage(before);
    await working.stop();
    expect(user + system).toBeLessThan(100_000);
  });
});

/** When the last message of the store is due: past its visibility time once it was claimed. */
const lastDue = ({ store }: ReturnType<typeof temporaryStore>): number => {
  const [last] = store().inner.environment.getKeys({ start: Buffer.from([8]), end: Buffer.from([7]), reverse: true, limit: 1 });
  return last?.readUIntBE(3, 6) ?? 0;
};
