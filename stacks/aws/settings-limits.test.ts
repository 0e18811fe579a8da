import { describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { planOf } from '../platform.ts';
import { concurrencyFailure, reservedOf, starvedUnits, unknownUnits, withoutRoom } from './settings-limits.ts';

const plan = (topology: 'context' | 'single' = 'context') => planOf(contexts, { topology, queuePer: 'subscriber', apart: true });
const inDev = { environment: 'dev', reservedConcurrency: {} } as const;
const inProd = { environment: 'prod', reservedConcurrency: {} } as const;

describe('concurrency', () => {
  it('may be set aside up to the quota less a hundred', () => {
    const settings = { ...inDev, reservedConcurrency: { http: 100, 'inference-predictions': 400 } };
    const needed = 400 + 100 * (plan().units.filter(({ trigger }) => trigger === 'http').length - 1);
    expect(concurrencyFailure(plan(), settings, needed + 100)).toBeUndefined();
    expect(concurrencyFailure(plan(), settings, needed + 99)?.detail).toContain(
      `${needed} are set aside in all (platform:reservedConcurrency), and this account can set aside ${needed - 1}`,
    );
  });
  const usual = (settings: typeof inDev | typeof inProd, topology: 'context' | 'single') =>
    Object.fromEntries(
      plan(topology).units.flatMap((unit) => {
        const reserved = reservedOf(unit, settings);
        return reserved === undefined ? [] : [[unit.name, reserved]];
      }),
    );
  it('is set aside in prod for what takes long, unless told', () =>
    expect(usual(inProd, 'context')).toEqual({ 'inference-predictions': 300, 'billing-http': 50, 'models-trials': 20 }));
  it('is not for what answers all requests, nor outside prod', () => {
    expect(usual(inProd, 'single')).toEqual({ 'all-predictions': 300, 'all-trials': 20 });
    expect(usual(inDev, 'context')).toEqual({});
  });
});

describe('the disk of functions that run models', () => {
  it('holds the largest model that may be registered', () => {
    expect(withoutRoom(plan(), { modelDiskMegabytes: 3072 })).toBeUndefined();
    expect(withoutRoom(plan(), { modelDiskMegabytes: 1024 })?.detail).toBe(
      'platform:modelDiskMegabytes is 1024, and the largest model that may be registered needs 2868.',
    );
  });
});

describe('concurrency of what reads queues', () => {
  const refusal = (reservedConcurrency: { readonly [name: string]: number }) =>
    starvedUnits(plan(), { ...inDev, reservedConcurrency, queueConcurrency: 10 })?.detail;
  it('is not less than what its queues call at once, since what is throttled would end as a dead letter', () => {
    const queues = plan().subscribers.filter(({ unit }) => unit === 'models-events').length;
    const most = 10 * queues;
    expect([refusal({}), refusal({ http: 1 }), refusal({ 'models-events': most })]).toEqual([undefined, undefined, undefined]);
    expect(refusal({ 'models-events': most - 1 })).toContain(
      `models-events: ${most - 1}, and its queues call it up to ${most} times at once`,
    );
  });
});

describe('a setting', () => {
  it('names functions that there are', () => {
    const rollout = { 'models-http': { stable: '1', percent: 5 } };
    expect(unknownUnits(plan(), { reservedConcurrency: { http: 1 }, rollout })).toBeUndefined();
    expect(unknownUnits(plan(), { reservedConcurrency: { https: 1 }, rollout: { 'all-http': rollout['models-http'] } })?.detail).toContain(
      `There is no function https, all-http; there are ${plan().units[0]?.name}`,
    );
  });
});
