import { describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import type { ContextDeclaration } from '../../functions/kernel/context.ts';
import { context } from '../../functions/kernel/context.ts';
import { planOf } from '../platform.ts';
import { beyondAws, visibilityOf } from './limits.ts';

const policy = { attempts: 5, visibilitySeconds: 30, batchSize: 10, backoff: { baseSeconds: 1, maxSeconds: 60 } };
const plan = (...more: readonly ContextDeclaration[]) => planOf([...contexts, ...more], { topology: 'context', queuePer: 'subscriber' });
const withQueue = (changed: Partial<typeof policy>) =>
  beyondAws(
    plan(context('hooks', { describes: 'Hooks', queues: { outbox: { policy: { ...policy, ...changed }, uses: { outbox: ['send'] } } } })),
  )?.detail;
const withSchedule = (everySeconds: number) =>
  beyondAws(plan(context('hooks', { describes: 'Hooks', schedules: { sweep: { everySeconds, uses: { deadLetters: ['read'] } } } })))
    ?.detail;

describe('what is declared and AWS cannot do', () => {
  it('is nothing so far', () => expect(beyondAws(plan())).toBeUndefined());
  it('is to hide a message for more than twelve hours', () =>
    expect(withQueue({ visibilitySeconds: 50_000 })).toContain('hides a message for 50000 s, and SQS for at most 12 hours'));
  it('is to wait for longer than that', () =>
    expect(withQueue({ backoff: { baseSeconds: 1, maxSeconds: 90_000 } })).toContain('waits up to 90000 s before it tries again'));
  it('is to try more than a thousand times', () => expect(withQueue({ attempts: 1001 })).toContain('SQS 1 to 1000 times'));
  it('is to take more than ten thousand at once', () => expect(withQueue({ batchSize: 10_001 })).toContain('Lambda at most 10000'));
  it('is a larger message, or a longer delay, than a queue carries', () => {
    const needs = { message: '1 MiB', delay: '16 m' } as const;
    const asked = context('hooks', { describes: 'Hooks', queues: { outbox: { policy, needs, uses: { outbox: ['send'] } } } });
    const detail = beyondAws(plan(asked))?.detail;
    expect(detail).toContain('needs messages of 1 MiB, and carries at most 256 KiB');
    expect(detail).toContain('needs delays of 16 m, and SQS holds back for at most 15 minutes');
  });
  it('is a transaction of more than a hundred writes', () => {
    const asked = context('wide', { describes: 'Wide', tables: { all: { needs: { transactionWrites: 101 } } } });
    expect(beyondAws(plan(asked))?.detail).toContain('DynamoDB does at most 100 at once');
  });
  it('is to come more often than each minute, or between minutes', () =>
    expect([withSchedule(30), withSchedule(90)].map((detail) => detail?.includes('counts in whole minutes'))).toEqual([true, true]));
  it('is more than twenty indexes', () => {
    const indexes = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`by${index}`, { partition: `p${index}`, sort: 's' }]));
    expect(beyondAws(plan(context('wide', { describes: 'Wide', tables: { all: { indexes } } })))?.detail).toContain(
      'DynamoDB keeps at most 20',
    );
  });
  it('is a name that is too long', () =>
    expect(
      beyondAws(plan(context('hooks', { describes: 'Hooks', objects: { [`s${'o'.repeat(50)}`]: { keep: 'forever' } } })))?.detail,
    ).toContain('longer than 63 characters'));
  it('is a subscriber with too long a name, of whose rule and target AWS takes less than of a queue', () => {
    const heard = { to: '*', attempts: 5, uses: { deadLetters: ['read'] } } as const;
    const hears = context('hooks', { describes: 'Hooks', subscribers: { ['h'.repeat(44)]: heard } });
    expect(beyondAws(plan(hears))?.detail).toContain('longer than 64 characters');
  });
  it('is more than three hundred routes', () => {
    const route = {
      ...{ does: 'x', summary: 'x', permission: 'authenticated', answers: {}, uses: {} },
      limit: { body: '1 KiB', time: '1 s' },
    } as const;
    const routes = Object.fromEntries(Array.from({ length: 140 }, (_, index) => [`GET /v1/many${index}` as const, route]));
    expect(beyondAws(plan(context('many', { describes: 'Many', routes })))?.detail).toContain('an HTTP API has at most 300');
  });
});

describe('a message', () => {
  it('is hidden for six time-outs, or for longer where that is declared', () =>
    expect([visibilityOf(60), visibilityOf(60, 30), visibilityOf(60, 900)]).toEqual([360, 360, 900]));
});
