import { describe, expect, it } from 'vitest';
import { contexts } from '../functions/contexts.ts';
import { context } from '../functions/kernel/context.ts';
import { planOf } from './platform.ts';

const perContext = planOf(contexts, { topology: 'context', queuePer: 'context' });
const perSubscriber = planOf(contexts, { topology: 'single', queuePer: 'subscriber' });
const named = <T extends { readonly name: string }>(parts: readonly T[], name: string): T => parts.find((part) => part.name === name) as T;

describe('the plan of a platform', () => {
  it('has one delivery for all subscribers of a context, with the most tries that any of them has', () =>
    expect(perContext.subscribers.map(({ name, attempts, serves }) => [name, attempts, serves.length])).toEqual([
      ['models-events', 8, 4],
      ['inference-events', 8, 2],
      ['billing-events', 8, 1],
      ['observability-events', 20, 1],
    ]));
  it('or one for each', () =>
    expect(
      perSubscriber.subscribers.filter(({ context: of }) => of === 'models').map(({ name, serves, unit }) => [name, serves, unit]),
    ).toEqual([
      ['models-alias-assigned', ['models.alias-assigned'], 'all-events'],
      ['models-version-deleted', ['models.version-deleted'], 'all-events'],
      ['models-endpoint-ready', ['models.endpoint-ready'], 'all-events'],
      ['models-endpoint-failed', ['models.endpoint-failed'], 'all-events'],
    ]));
  it('filters by all the types that a context hears of, once each', () =>
    expect(named(perContext.subscribers, 'inference-events').types).toEqual([
      'ai.hybrid-platform.models.deployment-requested.v1',
      'ai.hybrid-platform.models.endpoint-removed.v1',
    ]));
  it('takes every event where one subscriber does', () => expect(named(perContext.subscribers, 'observability-events').types).toBe('*'));
  it('has a table’s changes consumed where it holds events or somebody folds them', () =>
    expect(Object.fromEntries(perContext.tables.flatMap(({ name, changes }) => (changes === undefined ? [] : [[name, changes]])))).toEqual({
      'identity-directory': { unit: 'identity-changes', eventsOnly: true },
      'models-registry': { unit: 'models-changes', eventsOnly: true },
      'inference-endpoints': { unit: 'inference-changes', eventsOnly: true },
      'billing-accounts': { unit: 'billing-changes', eventsOnly: true },
      'billing-usage': { unit: 'billing-changes', eventsOnly: false },
    }));
  it('has the same parts in both topologies', () => {
    const single = planOf(contexts, { topology: 'single', queuePer: 'context' });
    const names = ({ tables, stores, queues, schedules, secrets, subscribers }: typeof single) =>
      [tables, stores, queues, schedules, secrets, subscribers].map((parts: readonly { readonly name: string }[]) =>
        parts.map(({ name }) => name),
      );
    expect(names(single)).toEqual(names(perContext));
  });
  it('keeps a secret only for identity, as nobody uses another', () =>
    expect(perContext.secrets.map(({ name }) => name)).toEqual(['identity']));
});

describe('a part of the contexts', () => {
  const only = (...names: readonly string[]) => contexts.filter(({ name }) => names.includes(name));
  it('has to hold what it needs', () =>
    expect(() =>
      planOf(only('identity', 'observability', 'models', 'inference', 'platform'), { topology: 'context', queuePer: 'context' }),
    ).toThrow('add "billing" to platform:contexts'));
  it('has to know who asks, and keep what was given up', () =>
    expect(() => planOf([context('alone', { describes: 'Nothing' })], { topology: 'context', queuePer: 'context' })).toThrow(
      'Every platform needs the contexts "identity" and "observability"',
    ));
  it('is a platform where it does', () =>
    expect(
      planOf(only('identity', 'observability', 'platform', 'models'), { topology: 'context', queuePer: 'context' }).tables.map(
        ({ name }) => name,
      ),
    ).toEqual(['identity-directory', 'models-registry', 'observability-audit']));
});
