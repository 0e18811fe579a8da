import type { Decider } from '../kernel/decider.ts';
import type { Aggregate, StreamId } from '../kernel/event-store.ts';
import { type Failure, failed } from '../kernel/failure.ts';
import { platformTenant } from '../kernel/tenancy.ts';

/** A calendar month in UTC, `yyyy-mm`: what an invoice is for. */
export type Period = string & { readonly __brand: 'Period' };

export const periodPattern = /^[0-9]{4}-(0[1-9]|1[0-2])$/;

export const parsePeriod = (text: string): Period | Failure<'invalid-period'> =>
  periodPattern.test(text)
    ? (text as Period)
    : failed('invalid', 'invalid-period', `"${text.slice(0, 20)}" is not a month such as 2026-11.`);

export const periodOf = (at: Date): Period => at.toISOString().slice(0, 7) as Period;

export const periodStart = (period: Period): Date => new Date(`${period}-01T00:00:00Z`);

/** Exclusive. */
export const periodEnd = (period: Period): Date => {
  const end = periodStart(period);
  // `Date.UTC` takes the years 0 to 99 for those of the twentieth century.
  end.setUTCMonth(end.getUTCMonth() + 1);
  return end;
};

export const nextPeriod = (period: Period): Period => periodOf(periodEnd(period));

/** The periods from `first` to before `end`. */
export const periodsBetween = (first: Period, end: Period): readonly Period[] => {
  const periods: Period[] = [];
  for (let period = first; period < end; period = nextPeriod(period)) periods.push(period);
  return periods;
};

export type PeriodState = { readonly status: 'open' | 'closing' | 'closed' };
export type PeriodCommand =
  | { readonly type: 'begin-close'; readonly period: Period; readonly at: string; readonly force: boolean }
  | { readonly type: 'complete-close'; readonly period: Period; readonly invoices: number };
export type PeriodEvent =
  | { readonly type: 'period-closing'; readonly period: string; readonly forced: boolean }
  | { readonly type: 'period-closed'; readonly period: string; readonly invoices: number };
export type PeriodFailure = Failure<'period-not-over'>;

/** Usage reaches the facts' table a little after it was dated, so that a month's usage is final only some time after the month. */
export const settlingMinutes = 10;

export const usageIsFinal = (period: Period, at: Date): boolean => at.getTime() >= periodEnd(period).getTime() + settlingMinutes * 60_000;

const refuseEarlyClose = (command: Extract<PeriodCommand, { type: 'begin-close' }>): PeriodFailure | undefined => {
  const running = periodOf(new Date(command.at));
  if (command.period < running || (command.period === running && command.force)) return undefined;
  const hint = command.period === running ? 'it is running; "force": true closes it now' : 'it has not begun';
  return failed('conflict', 'period-not-over', `The period ${command.period} cannot be closed yet: ${hint}.`);
};

/** Closing takes many transactions, one for each tenant; between `closing` and `closed` it can be taken up again where it broke off. */
export const periodDecider: Decider<PeriodState, PeriodCommand, PeriodEvent, PeriodFailure> = {
  initial: { status: 'open' },
  decide(command, state) {
    if (command.type === 'complete-close')
      return state.status === 'closing' ? [{ type: 'period-closed', period: command.period, invoices: command.invoices }] : [];
    if (state.status !== 'open') return [];
    return refuseEarlyClose(command) ?? [{ type: 'period-closing', period: command.period, forced: command.force }];
  },
  evolve: (_state, event) => ({ status: event.type === 'period-closed' ? 'closed' : 'closing' }),
};

export const periodAggregate: Aggregate<PeriodState, PeriodCommand, PeriodEvent, PeriodFailure> = { decider: periodDecider };

export const periodStream = (period: Period): StreamId => ({ tenant: platformTenant, partition: `period#${period}`, stream: 'period' });
