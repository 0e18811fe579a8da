import { describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { type ContextDeclaration, context } from '../../functions/kernel/context.ts';
import { planOf } from '../platform.ts';
import { flexRegions } from './flex-regions.ts';
import { beyondAzure, regionFailure, subscriptionFailure, unknownApps } from './limits.ts';

const policy = { attempts: 5, visibilitySeconds: 30, batchSize: 10, backoff: { baseSeconds: 1, maxSeconds: 60 } };
const plan = (...more: readonly ContextDeclaration[]) => planOf([...contexts, ...more], { topology: 'context', queuePer: 'subscriber' });
const hooks = (parts: Omit<Parameters<typeof context>[1], 'describes'>): ContextDeclaration =>
  context('hooks', { describes: 'Hooks', ...parts }) as unknown as ContextDeclaration;
const said = (...more: readonly ContextDeclaration[]) => beyondAzure(plan(...more))?.detail;
const withQueue = (changed: Partial<typeof policy>) =>
  said(hooks({ queues: { outbox: { policy: { ...policy, ...changed }, uses: { outbox: ['send'] } } } }));
const withSchedule = (everySeconds: number) => said(hooks({ schedules: { sweep: { everySeconds, uses: { deadLetters: ['read'] } } } }));

describe('what is declared and Azure cannot do', () => {
  it('is nothing so far', () => expect(said()).toBeUndefined());
  it('is a larger message, or a longer delay, than a queue carries', () => {
    const needs = { message: '1 MiB', delay: '20000 m' } as const;
    const detail = said(hooks({ queues: { outbox: { policy, needs, uses: { outbox: ['send'] } } } }));
    expect(detail).toContain('needs messages of 1 MiB, and carries at most 256 KiB');
    expect(detail).toContain('needs delays of 20000 m, and Storage Queue holds back for at most 7 days');
  });
  it('is to hide a message, or to wait, for more than a week', () => {
    expect(withQueue({ visibilitySeconds: 700_000 })).toContain('hides a message for 700000 s, and Storage Queue for at most 7 days');
    expect(withQueue({ backoff: { baseSeconds: 1, maxSeconds: 700_000 } })).toContain('waits up to 700000 s before it tries again');
  });
  it('is to take more than 32 at once, or to try never', () => {
    for (const batchSize of [0, 33]) expect(withQueue({ batchSize })).toContain('Storage Queue gives 1 to 32');
    expect(withQueue({ attempts: 0 })).toContain('delivers 0 times');
  });
  it('is a transaction of more than a hundred writes', () =>
    expect(said(hooks({ tables: { all: { needs: { transactionWrites: 101 } } } }))).toContain('Cosmos DB does at most 100 at once'));
  it('is more indexes than a container has, or more containers than an account', () => {
    const many = <T>(count: number, of: T) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, of]));
    expect(said(hooks({ tables: { all: { indexes: many(100, { partition: 'owner', sort: 'at' }) } } }))).toContain(
      'the table hooks-all needs 101 indexes, and a container of Cosmos DB has at most 100',
    );
    expect(said(hooks({ tables: many(500, {}) }))).toContain('an account of Cosmos DB has at most 500 containers');
  });
  it('is more rules of expiry than a storage account has', () => {
    const objects = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`s${at}`, { keep: '7 days' as const }]));
    expect(said(hooks({ objects }))).toMatch(/objects expire by 2\d\d rules, and a storage account has at most 100/);
  });
  it('is a function that answers later than anybody waits', () => {
    const { units, ...rest } = plan();
    const slow = units.map((unit) => (unit.name === 'models-http' ? { ...unit, timeoutSeconds: 231 } : unit));
    expect(beyondAzure({ ...rest, units: slow })?.detail).toContain(
      'the function models-http may take 231 s, and Azure lets go of a request after 230 s',
    );
  });
  it('is to come at times that no timer knows', () => {
    expect([60, 300, 3600, 86_400].map(withSchedule)).toEqual([undefined, undefined, undefined, undefined]);
    for (const seconds of [30, 90, 420, 5400, 172_800]) expect(withSchedule(seconds)).toContain('a timer counts in minutes');
  });
  it('is a name that Storage does not take, or that two apps would share', () => {
    expect(said(hooks({ objects: { ['s'.repeat(60)]: { keep: 'forever' } } }))).toContain('Storage takes up to 63');
    expect(said(hooks({ objects: { Payloads: { keep: 'forever' } } }))).toContain('small letters');
    const long = context('a-context-with-a-long-name', {
      describes: 'x',
      schedules: { sweep: { everySeconds: 60, uses: { deadLetters: ['read'] } } },
    });
    expect(said(long as unknown as ContextDeclaration)).toContain('longer than 32 characters');
    expect(said(long as unknown as ContextDeclaration)).toContain('acontextwithalongnamert and more, longer than 24 characters');
  });
});

describe('where a stack cannot be', () => {
  it('is a region without Flex Consumption, as far as Azure says', () => {
    const regions = ['Germany West Central', 'East US 2'];
    expect([regionFailure({ region: 'germanywestcentral' }, regions), regionFailure({ region: 'qatarcentral' }, undefined)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(regionFailure({ region: 'qatarcentral' }, regions)?.detail).toContain('There is no Flex Consumption in qatarcentral');
  });
  it('is asked for as the CLI asks, and nothing is refused where Azure does not answer', async () => {
    const asked: string[] = [];
    const answer = (status: number, body: object) => async (url: string | URL | Request) => {
      asked.push(String(url));
      return Response.json(body, { status });
    };
    const listed = { value: [{ name: 'Germany West Central' }, { name: 'East US 2' }] };
    expect(await flexRegions('sub', 'token', answer(200, listed))).toEqual(['Germany West Central', 'East US 2']);
    expect(asked[0]).toContain('/subscriptions/sub/providers/Microsoft.Web/geoRegions?sku=FlexConsumption&api-version=');
    expect(await flexRegions('sub', 'token', answer(403, {}))).toBeUndefined();
    expect(await flexRegions('sub', undefined, answer(200, listed))).toBeUndefined();
    expect(await flexRegions('sub', 'token', () => Promise.reject(new TypeError('offline')))).toBeUndefined();
  });
  it('is another subscription', () => {
    const stack = { stack: 'azure-prod', allowedSubscription: 'one' };
    expect([subscriptionFailure(stack, 'one'), subscriptionFailure({ ...stack, allowedSubscription: undefined }, 'two')]).toEqual([
      undefined,
      undefined,
    ]);
    expect(subscriptionFailure(stack, 'two')?.detail).toContain('for the subscription two, and azure-prod belongs to one');
  });
});

describe('a setting', () => {
  it('names apps that there are', () => {
    expect(unknownApps(plan(), { packages: { models: 'x', edge: 'y' } })).toBeUndefined();
    expect(unknownApps(plan(), { packages: { 'models-http': 'x' } })?.detail).toContain(
      'There is no app models-http; there are platform, identity',
    );
  });
});
