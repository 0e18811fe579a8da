import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import type { Message } from '../../../domain/kernel/queue.ts';
import { context } from '../../kernel/context.ts';
import { queuesFunction } from './queues-function.ts';
import { schedulesFunction } from './schedules-function.ts';
import { batchOf, calledWith, messageOf, testLambda } from './test-cloud.ts';

const policy = { attempts: 3, visibilitySeconds: 60, batchSize: 10, backoff: { baseSeconds: 100, maxSeconds: 100 } };
const things = context('things', {
  describes: 'Things',
  queues: { jobs: { policy, uses: {} } },
  schedules: { sweep: { everySeconds: 60, uses: {} } },
});
const environment = { HYBRID_QUEUE_THINGS_JOBS: 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs-1a2b' };
const world = (work: (batch: readonly Message[]) => Promise<unknown>) => {
  const lambda = testLambda(() => inMemoryTable(), environment);
  return { ...lambda, handle: queuesFunction([{ declaration: things as never, workers: { jobs: work } }], lambda) };
};

describe('a function of queues', () => {
  it('hands a worker its messages, and how often each was delivered', async () => {
    const worked: Message[] = [];
    const { handle } = world(async (batch) => {
      worked.push(...batch);
      return { failed: [] };
    });
    const outcome = await handle(batchOf(messageOf('jobs-1a2b', 'a', '{"n":1}', 2), messageOf('jobs-1a2b', 'b', '2')), calledWith());
    expect(outcome).toEqual({ batchItemFailures: [] });
    expect(worked).toEqual([
      { id: 'a', body: { n: 1 }, attempt: 2 },
      { id: 'b', body: 2, attempt: 1 },
    ]);
  });

  it('names what the worker could not do, and makes it wait by the policy of its queue', async () => {
    const { handle, deeds } = world(async () => ({ failed: ['b'] }));
    const batch = batchOf(messageOf('jobs-1a2b', 'a', '1'), messageOf('jobs-1a2b', 'b', '2'));
    for (let count = 0; count < 50; count++)
      expect(await handle(batch, calledWith())).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
    expect(Math.max(...deeds.postponed.map(({ seconds }) => seconds))).toBeGreaterThan(50);
  });

  it('names every message where the worker throws', async () => {
    const { handle } = world(() => Promise.reject(new TypeError('broken')));
    const outcome = await handle(batchOf(messageOf('jobs-1a2b', 'a', '1'), messageOf('jobs-1a2b', 'b', '2')), calledWith());
    expect(outcome.batchItemFailures).toHaveLength(2);
  });

  it('names a message that is no JSON, and hands on the others', async () => {
    const worked: string[] = [];
    const { handle } = world(async (batch) => {
      worked.push(...batch.map(({ id }) => id));
      return { failed: [] };
    });
    const outcome = await handle(batchOf(messageOf('jobs-1a2b', 'a', '{'), messageOf('jobs-1a2b', 'b', '2')), calledWith());
    expect([outcome.batchItemFailures, worked]).toEqual([[{ itemIdentifier: 'a' }], ['b']]);
  });

  it('fails where the queue is none of its own', async () => {
    await expect(world(async () => ({ failed: [] })).handle(batchOf(messageOf('other', 'a', '1')), calledWith())).rejects.toThrow(
      'unknown-queue',
    );
  });
});

describe('a function of schedules', () => {
  it('runs what is due by its name, and fails where there is no such thing', async () => {
    let runs = 0;
    const lambda = testLambda(() => inMemoryTable());
    const handle = schedulesFunction([{ declaration: things as never, schedules: { sweep: async () => void runs++ } }], lambda);
    await handle({ schedule: 'things.sweep' }, calledWith());
    expect(runs).toBe(1);
    await expect(handle({ schedule: 'things.nothing' }, calledWith())).rejects.toThrow('unknown-schedule');
  });
});
