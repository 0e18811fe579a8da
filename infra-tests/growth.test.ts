import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { contexts } from '../functions/contexts.ts';
import { context } from '../functions/kernel/context.ts';
import { type Graph, graphOf } from './graph.ts';
import { graphFor } from './graphs.ts';
import { added, broken, changed } from './growth.ts';

const policy = { attempts: 5, visibilitySeconds: 30, batchSize: 10, backoff: { baseSeconds: 1, maxSeconds: 60 } };
const happened = {
  name: 'hook-called',
  type: 'hybrid.hooks.hook-called.v1',
  context: 'hooks',
  describes: 'A hook was called',
  data: z.object({}),
};

/** A context as somebody would add one: a table, objects, a queue, a schedule, an event and who hears of it. */
const hooks = context('hooks', {
  describes: 'Calls other people’s systems',
  tables: { calls: { holds: 'events', indexes: { byTime: { partition: 'day', sort: 'at' } } } },
  objects: { payloads: { keep: '30 days' } },
  queues: { outbox: { policy, uses: { calls: ['read', 'append'], outbox: ['send'] } } },
  routes: {
    'GET /v1/hooks': {
      does: 'list-hooks',
      summary: 'List hooks',
      permission: 'authenticated',
      answers: {},
      limit: { body: '1 KiB', time: '1 s' },
      uses: { calls: ['read'], outbox: ['send'] },
    },
  },
  publishes: [happened],
  subscribers: { 'hook-called': { to: [happened], attempts: 4, uses: { payloads: ['put'] } } },
  schedules: { 'hook-sweep': { everySeconds: 300, uses: { payloads: ['delete'] } } },
});

describe.each(['aws-dev', 'aws-prod'] as const)('a context that is added to the declarations of %s', (stack) => {
  let before: Graph = [];
  let after: Graph = [];
  beforeAll(async () => {
    before = await graphFor(stack);
    after = await graphOf(stack, { contexts: [...contexts, hooks] });
  });

  it('adds what is its own, and removes nothing', () => {
    expect(added(after, before)).toEqual([]);
    const others = added(before, after).filter(({ name }) => !/(^|-)hooks(-|$)/.test(name));
    expect(others.map(({ name }) => name)).toEqual([]);
  });

  it('has a table, a bucket, queues, a rule, a schedule, functions and routes', () => {
    const names = added(before, after).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'hooks-calls-table',
        'hooks-payloads-bucket',
        'hooks-outbox-queue',
        stack === 'aws-dev' ? 'hooks-events-rule' : 'hooks-hook-called-rule',
        'hooks-hook-sweep-schedule',
        'hooks-http-function',
        'hooks-queues-function',
        'api-v1-hooks-below',
      ]),
    );
  });

  it('changes only who redrives, collects or calls for all', () =>
    expect([...changed(before, after)].sort()).toEqual(
      stack === 'aws-dev'
        ? ['observability-dead-letters-function', 'observability-http-grants', 'schedules-grants']
        : [
            'monitoring-dashboard',
            'observability-dead-letters-function',
            'observability-dead-letters-grants',
            'observability-http-grants',
            'schedules-grants',
          ],
    ));

  it('keeps every rule', () => expect(broken(after, stack)).toEqual([]));

  it('hides messages for six time-outs of its worker, and no shorter than declared', () => {
    const [queue] = after.filter(({ name }) => name === 'hooks-outbox-queue');
    expect(queue?.inputs.visibilityTimeoutSeconds).toBe(360);
    expect(JSON.parse(String(queue?.inputs.redrivePolicy)).maxReceiveCount).toBe(5);
  });
});
