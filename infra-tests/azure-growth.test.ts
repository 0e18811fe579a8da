import { beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../functions/contexts.ts';
import { type ContextDeclaration, context } from '../functions/kernel/context.ts';
import { appliesTo, environmentOf } from '../stacks/policies/rule.ts';
import { graphRules, resourceRules } from '../stacks/policies/rules.ts';
import { type Graph, graphOf } from './graph.ts';
import { graphFor, policed } from './graphs.ts';

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

const keyOf = ({ type, name, parent }: Graph[number]): string => `${type} ${name} ${parent}`;
const without = (one: Graph, other: Graph): readonly string[] => {
  const known = new Set(other.map(keyOf));
  return one.filter((resource) => !known.has(keyOf(resource))).map(({ name }) => name);
};
const changedIn = (before: Graph, after: Graph): readonly string[] => {
  const known = new Map(before.map((resource) => [keyOf(resource), JSON.stringify(resource.inputs)]));
  return after
    .filter((one) => one.custom && known.has(keyOf(one)) && known.get(keyOf(one)) !== JSON.stringify(one.inputs))
    .map(({ name }) => name);
};

describe.each(['azure-dev', 'azure-prod'] as const)('a context that is added to the declarations of %s', (stack) => {
  let before: Graph = [];
  let after: Graph = [];
  beforeAll(async () => {
    before = await graphFor(stack);
    after = await graphOf(stack, { contexts: [...contexts, hooks as unknown as ContextDeclaration] });
  });

  it('adds what is its own, and removes nothing', () => {
    expect(without(before, after)).toEqual([]);
    expect(without(after, before).filter((name) => !/(^|-)hooks(-|$)/.test(name))).toEqual([]);
  });
  it('has a table, a container, a queue with its dead letters, an app and a way to it', () =>
    expect(without(after, before)).toEqual(
      expect.arrayContaining([
        ...['hooks-calls-table', 'hooks-payloads-container', 'hooks-outbox-queue', 'hooks-outbox-poison', 'hooks-app', 'hooks-code'],
        ...(stack === 'azure-dev' ? [] : ['edge-v1-hooks']),
      ]),
    ));
  it('changes only who collects for all, what tidies, and in dev who forwards', () =>
    expect([...changedIn(before, after)].sort()).toEqual([
      'data-lifecycle',
      ...(stack === 'azure-dev' ? ['edge-app'] : []),
      'observability-app',
    ]));
  it('keeps every rule', () => {
    const resources = policed(after);
    const environment = environmentOf(stack);
    const alone = resourceRules.flatMap((rule) =>
      resources
        .filter((one) => appliesTo(rule, one.type) && rule.breaks(one, environment) !== undefined)
        .map(({ name }) => `${rule.name}: ${name}`),
    );
    const together = graphRules.flatMap((rule) =>
      rule.breaks(resources, environment).map(({ resource, says }) => `${resource.name}: ${says}`),
    );
    expect([...alone, ...together]).toEqual([]);
  });
});
