import { describe, expect, it } from 'vitest';
import { replay } from '../kernel/decider.ts';
import { specification } from '../kernel/specification.ts';
import { type AccountEvent, accountDecider, monthsToSettle, unsettled } from './account.ts';
import { noQuantities, type Quantities } from './meters.ts';
import type { Period } from './period.ts';

const spec = specification(accountDecider);
const [october, november, december] = ['2026-10', '2026-11', '2026-12'] as [Period, Period, Period];
const requests = (count: string): Quantities => ({ ...noQuantities, 'inference.requests': count });
const opened: AccountEvent = { type: 'account-opened', tenantId: 'acme', name: 'Acme', openedAt: '2026-10-05T00:00:00.000Z' };
const subscribed: AccountEvent = { type: 'subscription-changed', tenantId: 'acme', plan: 'basic' };
const plan = {
  id: 'basic',
  version: 1,
  name: 'Basic',
  currency: 'USD',
  flatFee: '10',
  prices: [{ meter: 'inference.requests', model: 'unit', unitPrice: '0.5' }],
} as const;
const settle = (period: Period, at: string, usage: { [period: string]: Quantities }, by: typeof plan | null = plan) =>
  ({ type: 'settle', period, at, usage, plan: by }) as const;
const forced: AccountEvent = {
  type: 'usage-settled',
  tenantId: 'acme',
  period: november,
  quantities: requests('4'),
  settled: { [november]: { usage: requests('4'), final: false } },
};

describe('a billing account', () => {
  it('is opened once', () => spec.given(opened).when({ type: 'open', tenantId: 'acme', name: 'Acme', at: 'later' }).then());
  it('subscribes to a plan', () => spec.given(opened).when({ type: 'subscribe', tenantId: 'acme', plan: 'basic' }).then(subscribed));
  it('says nothing when it has that plan', () =>
    spec.given(opened, subscribed).when({ type: 'subscribe', tenantId: 'acme', plan: 'basic' }).then());
  it('does not subscribe before it was opened', () =>
    spec.given().when({ type: 'subscribe', tenantId: 'acme', plan: 'basic' }).fails('account-not-found'));
  it('settles usage without an invoice where it has no plan', () =>
    spec
      .given(opened)
      .when(settle(november, '2026-12-02T00:00:00Z', { [november]: requests('4') }, null))
      .then({
        type: 'usage-settled',
        tenantId: 'acme',
        period: november,
        quantities: requests('4'),
        settled: { [november]: { usage: requests('4'), final: true } },
      }));
  it('is not settled by a plan that it no longer has', () =>
    spec
      .given(opened)
      .when(settle(november, '2026-12-02T00:00:00Z', { [november]: requests('4') }))
      .fails('plan-changed'));
  it('is settled once a period', () =>
    spec
      .given(opened, subscribed, forced)
      .when(settle(november, '2026-12-02T00:00:00Z', { [november]: requests('9') }))
      .then());

  it('bills the rest of a month that was closed by force in the next period', () => {
    const state = replay(accountDecider, [opened, subscribed, forced]);
    const events = accountDecider.decide(
      settle(december, '2027-01-02T00:00:00Z', { [november]: requests('7'), [december]: requests('2') }),
      state,
    );
    const settled = { [november]: { usage: requests('7'), final: true }, [december]: { usage: requests('2'), final: true } };
    expect(events).toMatchObject([
      { quantities: requests('5'), settled },
      { invoice: { total: '12.50', period: december, id: 'inv_acme_2026-12', status: 'issued' } },
    ]);
  });
});

describe('what a settlement takes', () => {
  const state = replay(accountDecider, [opened, forced]);
  it('is its own month, and months that were closed before all of their usage had come', () =>
    expect(monthsToSettle(state, december, new Set())).toEqual([november, december]));
  it('leaves months out that are still open', () =>
    expect(monthsToSettle(replay(accountDecider, [opened]), december, new Set())).toEqual([december]));
  it('has months that were closed before the account was known', () =>
    expect(monthsToSettle(replay(accountDecider, [opened]), december, new Set([october]))).toEqual([october, december]));
  it('is nothing of a time before the account', () => expect(monthsToSettle(state, '2026-09' as Period, new Set())).toEqual([]));
  it('is what earlier settlements have not taken', () => expect(unsettled(state, { [november]: requests('7') })).toEqual(requests('3')));
});
