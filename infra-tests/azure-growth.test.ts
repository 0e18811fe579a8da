import { beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../functions/contexts.ts';
import { type ContextDeclaration, context } from '../functions/kernel/context.ts';
import { type Graph, graphOf } from './graph.ts';
import { graphFor } from './graphs.ts';
import { added, broken, changed } from './growth.ts';

const policy = { attempts: 5, visibilitySeconds: 30, batchSize: 10, backoff: { baseSeconds: 1, maxSeconds: 60 } };

/** A context as somebody would add one: a table, objects, a queue, a schedule and a route. */
const hooks = context('hooks', {
  describes: 'Calls other people’s systems',
  tables: { calls: { holds: 'events', indexes: { byTime: { partition: 'day', sort: 'at' } } } },
  objects: { payloads: { keep: '30 days' } },
  queues: { outbox: { policy, uses: { calls: ['read', 'append'], outbox: ['send'] } } },
  routes: {
    'GET /v1/hooks': {
      ...{ does: 'list-hooks', summary: 'List hooks', permission: 'authenticated', answers: {} },
      ...{ limit: { body: '1 KiB', time: '1 s' }, uses: { calls: ['read'], outbox: ['send'] } },
    },
  },
  schedules: { 'hook-sweep': { everySeconds: 300, uses: { payloads: ['delete'] } } },
});

describe.each(['azure-dev', 'azure-prod'] as const)('a context that is added to the declarations of %s', (stack) => {
  let before: Graph = [];
  let after: Graph = [];
  beforeAll(async () => {
    before = await graphFor(stack);
    after = await graphOf(stack, { contexts: [...contexts, hooks as unknown as ContextDeclaration] });
  });

  it('adds what is its own, and removes nothing', () => {
    expect(added(after, before)).toEqual([]);
    expect(
      added(before, after)
        .map(({ name }) => name)
        .filter((name) => !/(^|-)hooks(rt)?(-|$)/.test(name)),
    ).toEqual([]);
  });
  it('has a table, a container, a queue with its dead letters, an app and a way to it', () =>
    expect(added(before, after).map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...['hooks-calls-table', 'hooks-payloads-container', 'hooks-outbox-queue', 'hooks-outbox-poison', 'hooks-app', 'hooks-code'],
        ...(stack === 'azure-dev' ? [] : ['edge-v1-hooks']),
      ]),
    ));
  it('changes only who collects for all, what tidies, and in dev who forwards', () =>
    expect([...changed(before, after)].sort()).toEqual([
      'data-lifecycle',
      ...(stack === 'azure-dev' ? ['edge-app'] : []),
      'observability-app',
    ]));
  it('keeps every rule', () => expect(broken(after, stack)).toEqual([]));
});
