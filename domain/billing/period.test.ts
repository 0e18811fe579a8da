import { describe, expect, it } from 'vitest';
import { specification } from '../kernel/specification.ts';
import { nextPeriod, type Period, type PeriodEvent, periodDecider, periodEnd, periodsBetween, usageIsFinal } from './period.ts';

const spec = specification(periodDecider);
const period = '2026-11' as Period;
const begin = (at: string, force = false) => ({ type: 'begin-close', period, at, force }) as const;
const complete = { type: 'complete-close', period, invoices: 2 } as const;
const closing: PeriodEvent = { type: 'period-closing', period, forced: false };
const closed: PeriodEvent = { type: 'period-closed', period, invoices: 2 };

describe('a period', () => {
  it('is closed after its end', () => spec.given().when(begin('2026-12-01T00:00:00Z')).then(closing));
  it('is not closed while it runs', () => spec.given().when(begin('2026-11-30T23:59:59.999Z')).fails('period-not-over'));
  it('is closed by force while it runs', () =>
    spec
      .given()
      .when(begin('2026-11-15T00:00:00Z', true))
      .then({ ...closing, forced: true }));
  it('is not closed before it begins, not even by force', () =>
    spec.given().when(begin('2026-10-31T00:00:00Z', true)).fails('period-not-over'));
  it('is taken up again where closing broke off', () => spec.given(closing).when(begin('2026-11-15T00:00:00Z')).then());
  it('is closed when all of it was done', () => spec.given(closing).when(complete).then(closed));
  it('is closed once', () => spec.given(closing, closed).when(complete).then());
  it('stays closed', () => spec.given(closing, closed).when(begin('2026-11-15T00:00:00Z', true)).then());
});

describe('a month', () => {
  it('ends where the next begins, over the end of a year too', () =>
    expect([periodEnd('2026-12' as Period).toISOString(), nextPeriod('2026-12' as Period)]).toEqual([
      '2027-01-01T00:00:00.000Z',
      '2027-01',
    ]));
  it('has its own year, also one of the first hundred', () =>
    expect(periodEnd('0050-12' as Period).toISOString()).toBe('0051-01-01T00:00:00.000Z'));
  it('is counted up to, not with, the last', () =>
    expect(periodsBetween('2026-11' as Period, '2027-02' as Period)).toEqual(['2026-11', '2026-12', '2027-01']));
  it('has its usage complete some minutes after its end', () =>
    expect([usageIsFinal(period, new Date('2026-12-01T00:09:59Z')), usageIsFinal(period, new Date('2026-12-01T00:10:00Z'))]).toEqual([
      false,
      true,
    ]));
});
