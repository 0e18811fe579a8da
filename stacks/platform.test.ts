import { describe, expect, it } from 'vitest';
import { contexts } from '../functions/contexts.ts';
import { inference } from '../functions/inference/context.ts';
import { type ContextDeclaration, context } from '../functions/kernel/context.ts';
import { models } from '../functions/models/context.ts';
import { planOf } from './platform.ts';

/** As declarations in general: those of today know more of themselves. */
const all: readonly ContextDeclaration[] = contexts;
const perContext = planOf(contexts, { topology: 'context', queuePer: 'context' });
const perSubscriber = planOf(contexts, { topology: 'single', queuePer: 'subscriber', apart: true });
const hearing = all.filter(({ subscribers }) => Object.keys(subscribers).length > 0);
const named = <T extends { readonly name: string }>(parts: readonly T[], name: string): T => parts.find((part) => part.name === name) as T;

describe('the plan of a platform', () => {
  it('has one delivery for all subscribers of a context, with the most tries that any of them has', () =>
    expect(perContext.subscribers.map(({ name, attempts, serves }) => [name, attempts, serves])).toEqual(
      hearing.map(({ name, subscribers }) => [
        `${name}-events`,
        Math.max(...Object.values(subscribers).map(({ attempts }) => attempts)),
        Object.keys(subscribers).map((subscriber) => `${name}.${subscriber}`),
      ]),
    ));
  it('or one for each', () =>
    expect(
      perSubscriber.subscribers.filter(({ context: of }) => of === 'models').map(({ name, serves, unit }) => [name, serves, unit]),
    ).toEqual(Object.keys(models.subscribers).map((name) => [`models-${name}`, [`models.${name}`], 'all-events'])));
  it('filters by all the types that a context hears of, once each', () =>
    expect(named(perContext.subscribers, 'inference-events').types).toEqual(
      [...new Set(Object.values(inference.subscribers).flatMap(({ to }) => to.map(({ type }) => type)))].sort(),
    ));
  it('takes every event where one subscriber does', () => expect(named(perContext.subscribers, 'observability-events').types).toBe('*'));
  it('has a table’s changes consumed where it holds events or somebody folds them', () =>
    expect(Object.fromEntries(perContext.tables.map(({ name, changes }) => [name, changes]))).toMatchObject({
      'identity-directory': { unit: 'identity-changes', eventsOnly: true },
      'billing-accounts': { unit: 'billing-changes', eventsOnly: true },
      'billing-usage': { unit: 'billing-changes', eventsOnly: false },
      'billing-rollups': undefined,
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
    ).toEqual(['platform-last-uses', 'identity-directory', 'models-registry', 'observability-audit']));
});
