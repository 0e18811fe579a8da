import { describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import type { ContextDeclaration } from '../../functions/kernel/context.ts';
import { context } from '../../functions/kernel/context.ts';
import { planOf } from '../platform.ts';
import { filterBytes, filtersOf } from './filters.ts';
import { beyondGoogle, unknownUnits, unservedRegion } from './limits.ts';
import { cronOf, isRegular } from './schedule.ts';

const policy = { attempts: 5, visibilitySeconds: 30, batchSize: 10, backoff: { baseSeconds: 1, maxSeconds: 60 } };

/** What is wrong about a context that declares this. */
const refusal = (parts: Partial<ContextDeclaration>, name = 'extra'): string => {
  const extra = context(name, { describes: 'Something more', ...parts }) as ContextDeclaration;
  const plan = planOf([...contexts, extra], { topology: 'context', queuePer: 'subscriber' });
  return beyondGoogle(plan, 'staging')?.detail ?? 'nothing is wrong';
};
const queue = (changed: object, needs: object = {}) => ({
  queues: { work: { policy: { ...policy, ...changed }, needs, uses: {} } } as ContextDeclaration['queues'],
});

describe('what Google Cloud cannot do is refused at preview, with the reason', () => {
  it('but not what the platform declares', () => {
    for (const topology of ['context', 'single'] as const)
      for (const queuePer of ['context', 'subscriber'] as const)
        expect(beyondGoogle(planOf(contexts, { topology, queuePer }), 'staging')).toBeUndefined();
  });
  it('a transaction of more writes than the port takes, which is fewer than Firestore', () => {
    expect(refusal({ tables: { wide: { needs: { transactionWrites: 101 } } } })).toContain('a table does at most 100 at once');
    expect(refusal({ tables: { wide: { needs: { transactionWrites: 100 } } } })).toBe('nothing is wrong');
  });
  it('a message that is too large', () =>
    expect(refusal(queue({}, { message: '11 MiB' }))).toContain(
      'the queue extra-work needs messages of 11 MiB, and carries at most 256 KiB',
    ));
  it('a delay that is too long', () => expect(refusal(queue({}, { delay: '16 m' }))).toContain('held back for at most 15 minutes'));
  it('a delayed message that no task carries, and each alone is fine', () => {
    expect(refusal(queue({}, { message: '51 KiB', delay: '10 m' }))).toContain(
      'the queue extra-work needs messages of 51 KiB with delays of 10 m, and one with a delay is a task of Cloud Tasks, which carries at most 50 KiB',
    );
    const fine = [{ message: '50 KiB', delay: '10 m' }, { message: '256 KiB' }, { delay: '10 m' }];
    for (const needs of fine) expect(refusal(queue({}, needs))).toBe('nothing is wrong');
  });
  it('a message that is hidden for too long', () =>
    expect(refusal(queue({ visibilitySeconds: 601 }))).toContain('Pub/Sub for at most ten minutes (600 s)'));
  it('a wait between tries that is too long', () =>
    expect(refusal(queue({ backoff: { baseSeconds: 1, maxSeconds: 601 } }))).toContain('waits up to 601 s'));
  it('a first wait that is longer than the longest', () =>
    expect(refusal(queue({ backoff: { baseSeconds: 90, maxSeconds: 60 } }))).toContain('waits 90 s at first and at most 60 s'));
  it('an index by a field that is named otherwise', () =>
    expect(refusal({ tables: { wide: { indexes: { byOwner: { partition: 'owner-id', sort: 'sk' } } } } })).toContain(
      'the index byOwner of extra-wide is by "owner-id", and Firestore takes letters, digits and _',
    ));
  it('more tables in a context than a database has settings for', () => {
    const tables = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`t${at}`, {}]));
    expect(refusal({ tables })).toContain(
      'the tables of extra need 202 settings of single fields, and a database of Firestore has at most 200',
    );
  });
  it('more subscriptions than a topic has', () => {
    const plan = planOf(contexts, { topology: 'context', queuePer: 'context' });
    const [one] = plan.subscribers;
    const subscribers = Array.from({ length: 10_001 }, () => ({ ...(one as (typeof plan.subscribers)[number]), types: '*' as const }));
    expect(beyondGoogle({ ...plan, subscribers }, 'dev')?.detail).toContain('events need 10001 subscriptions');
  });
  it.each([
    ['models-http', 3601, 'Cloud Run waits 3600 s'],
    ['models-events', 601, 'Pub/Sub waits 600 s'],
    ['models-changes', 601, 'Eventarc waits 600 s'],
    ['models-schedules', 1801, 'Cloud Scheduler waits 1800 s'],
  ])('a function %s that takes %i s', (name, timeoutSeconds, says) => {
    const plan = planOf(contexts, { topology: 'context', queuePer: 'context' });
    const units = plan.units.map((unit) => (unit.name === name ? { ...unit, timeoutSeconds } : unit));
    expect(beyondGoogle({ ...plan, units }, 'dev')?.detail).toContain(`the function ${name} may take ${timeoutSeconds} s, and ${says}`);
  });
  it('a name that is written otherwise', () => {
    expect(refusal(queue({}), 'Extra')).toContain('hybrid-staging-Extra-queues, and Google Cloud takes small letters');
    expect(refusal({ objects: { Payloads: { keep: 'forever' } } })).toContain('the store extra-Payloads would be called');
  });
  it.each([4, 101])('%i attempts', (attempts) =>
    expect(refusal(queue({ attempts }))).toContain('Pub/Sub 5 to 100 times before it gives up'),
  );
  it.each([30, 90, 25 * 60, 7 * 3600, 172_800])('a schedule of every %i s', (everySeconds) =>
    expect(refusal({ schedules: { sweep: { everySeconds, uses: {} } } as ContextDeclaration['schedules'] })).toContain(
      'Cloud Scheduler knows only what divides an hour in minutes or a day in hours',
    ),
  );
  it('a name that is too long', () =>
    expect(refusal(queue({}), 'a-context-whose-name-has-no-end-at-all')).toContain(
      'hybrid-staging-a-context-whose-name-has-no-end-at-all-queues, longer than 49 characters',
    ));
  it('a bucket with Google’s name', () =>
    expect(refusal({ objects: { 'google-files': { keep: 'forever' } } })).toContain('"google" in it'));
  it('a region without the services', () => {
    expect(unservedRegion({ region: 'mars-north1' })?.detail).toContain('gcp:region mars-north1 is not known');
    expect(unservedRegion({ region: 'europe-west1' })).toBeUndefined();
  });
});

describe('settings that name functions', () => {
  const plan = planOf(contexts, { topology: 'context', queuePer: 'context' });
  it('name functions or kinds of them', () =>
    expect(unknownUnits(plan, { maximumInstances: { http: 5, 'models-http': 7 }, rollout: ['models-http'] })).toBeUndefined());
  it('are refused where there is no such function', () =>
    expect(unknownUnits(plan, { maximumInstances: { web: 5 }, rollout: ['all-http'] })?.detail).toContain(
      'There is no function web, all-http',
    ));
});

describe('filters of subscriptions', () => {
  const types = contexts.flatMap(({ publishes }) => publishes.map(({ type }) => type));
  it('let each type through once, and each is as short as Pub/Sub wants it', () => {
    const filters = filtersOf(types);
    expect(filters.flatMap((filter) => [...filter.matchAll(/"(ai\.[^"]+)"/g)].map(([, type]) => type)).sort()).toEqual([...types].sort());
    expect(filters.filter((filter) => Buffer.byteLength(filter) > filterBytes)).toEqual([]);
    expect(filters.length).toBeGreaterThan(1);
  });
  it('are the same, in whatever order the types are declared', () => expect(filtersOf([...types].reverse())).toEqual(filtersOf(types)));
  it('are none for everything', () => expect(filtersOf('*')).toEqual(['']));
});

describe('a line of cron', () => {
  it.each([
    [60, '*/1 * * * *'],
    [300, '*/5 * * * *'],
    [3600, '0 */1 * * *'],
    [21_600, '0 */6 * * *'],
    [86_400, '0 0 * * *'],
  ])('for %i s is %s', (everySeconds, line) => expect([isRegular(everySeconds), cronOf(everySeconds)]).toEqual([true, line]));
});
