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
  queues: { outbox: { policy, needs: { delay: '5 m' }, uses: { calls: ['read', 'append'], outbox: ['send'] } } },
  publishes: [happened],
  subscribers: { 'hook-called': { to: [happened], attempts: 5, uses: { payloads: ['put'] } } },
  schedules: { 'hook-sweep': { everySeconds: 300, uses: { payloads: ['delete'] } } },
});

describe.each(['gcp-dev', 'gcp-prod'] as const)('a context that is added to the declarations of %s', (stack) => {
  let before: Graph = [];
  let after: Graph = [];
  beforeAll(async () => {
    before = await graphFor(stack);
    after = await graphOf(stack, { contexts: [...contexts, hooks] });
  });

  it('adds what is its own, and the account that brings what was held back', () => {
    expect(added(after, before)).toEqual([]);
    const others = added(before, after).filter(({ name }) => !/(^|-)hooks(-|$)/.test(name));
    expect(others.map(({ name }) => name).sort()).toEqual(['tasks', 'tasks-account']);
  });

  it('has a database, indexes, a bucket, topics, subscriptions, tasks, a schedule and functions', () => {
    const names = added(before, after).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'hooks-database',
        'hooks-calls-by-byTime-descending',
        'hooks-calls-changes',
        'hooks-calls-changes-trigger',
        'hooks-changes-sweep-schedule',
        'hooks-payloads-bucket',
        'hooks-outbox-topic',
        'hooks-outbox-tasks',
        'hooks-outbox-dead-letters-collection',
        stack === 'gcp-dev' ? 'hooks-events-subscription' : 'hooks-hook-called-subscription',
        'hooks-hook-sweep-schedule',
        'hooks-queues-function',
      ]),
    );
  });

  it('changes only who collects and who redrives for all', () =>
    expect([...changed(before, after)].sort()).toEqual(['observability-dead-letters-function', 'observability-http-function']));

  it('keeps every rule', () => expect(broken(after, stack)).toEqual([]));
});
