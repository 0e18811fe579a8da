import type { Decider } from '../kernel/decider.ts';
import type { Aggregate, Handled, StreamId } from '../kernel/event-store.ts';
import { type Failure, failed } from '../kernel/failure.ts';
import type { Item, Write } from '../kernel/table.ts';
import { platformTenant, type TenantId } from '../kernel/tenancy.ts';
import { type Invoice, type PlanSnapshot, priceInvoice } from './invoice.ts';
import { addQuantities, noQuantities, type Quantities, subtractQuantities } from './meters.ts';
import { type Period, periodEnd, periodOf, periodsBetween, usageIsFinal } from './period.ts';

/** How much of a month's usage settlements have taken; `final` once no more of it can come. */
export type Settled = { readonly usage: Quantities; readonly final: boolean };

/** What a tenant owes and by which plan. `settled` says per month what was billed (or written off, where there was no plan) already. */
export type Account = {
  readonly tenantId: string;
  readonly name: string;
  readonly openedAt: string | null;
  readonly plan: string | null;
  readonly settled: { readonly [period: string]: Settled };
};

/** Cumulative usage by month, of the months that `monthsToSettle` names. */
export type UsageByPeriod = { readonly [period: string]: Quantities };

export type AccountCommand =
  | { readonly type: 'open'; readonly tenantId: string; readonly name: string; readonly at: string }
  | { readonly type: 'subscribe'; readonly tenantId: string; readonly plan: string }
  | {
      readonly type: 'settle';
      readonly period: Period;
      readonly at: string;
      readonly usage: UsageByPeriod;
      readonly plan: PlanSnapshot | null;
    };

export type AccountEvent =
  | { readonly type: 'account-opened'; readonly tenantId: string; readonly name: string; readonly openedAt: string }
  | { readonly type: 'subscription-changed'; readonly tenantId: string; readonly plan: string }
  | {
      readonly type: 'usage-settled';
      readonly tenantId: string;
      readonly period: Period;
      readonly quantities: Quantities;
      readonly settled: Account['settled'];
    }
  | { readonly type: 'invoice-issued'; readonly invoice: Invoice };

export type AccountFailure = Failure<'account-not-found' | 'plan-changed'>;

export const accountNotFound = (tenantId: string): Failure<'account-not-found'> =>
  failed('not-found', 'account-not-found', `There is no billing account "${tenantId}".`);

/**
 * The months whose usage a period's settlement takes: the period itself, and earlier months closed before all of their usage had come
 * (by force, or before the account was known), whose rest no other settlement would take. None where the account is younger than the period.
 */
export const monthsToSettle = (account: Account, period: Period, closed: ReadonlySet<string>): readonly Period[] => {
  if (account.openedAt === null || account.openedAt >= periodEnd(period).toISOString()) return [];
  const waiting = (month: Period) => (account.settled[month] === undefined ? closed.has(month) : account.settled[month]?.final === false);
  return [...periodsBetween(periodOf(new Date(account.openedAt)), period).filter(waiting), period];
};

/** What a settlement takes: of each month's usage what was not taken before. */
export const unsettled = (account: Account, usage: UsageByPeriod): Quantities =>
  Object.entries(usage).reduce(
    (total, [month, used]) => addQuantities(total, subtractQuantities(used, account.settled[month]?.usage ?? noQuantities)),
    noQuantities,
  );

const settle = (command: Extract<AccountCommand, { type: 'settle' }>, account: Account): readonly AccountEvent[] | AccountFailure => {
  const { period, at, usage, plan } = command;
  if (account.settled[period] !== undefined || usage[period] === undefined) return [];
  if (account.plan !== (plan?.id ?? null))
    return failed('conflict', 'plan-changed', 'The subscription changed while the period was being settled; try again.');
  const quantities = unsettled(account, usage);
  const settled = Object.fromEntries(
    Object.entries(usage).map(([month, used]): [string, Settled] => [
      month,
      { usage: used, final: usageIsFinal(month as Period, new Date(at)) },
    ]),
  );
  const usageSettled: AccountEvent = { type: 'usage-settled', tenantId: account.tenantId, period, quantities, settled };
  if (plan === null) return [usageSettled];
  const of = { tenantId: account.tenantId, accountName: account.name, period, status: 'issued', at } as const;
  return [usageSettled, { type: 'invoice-issued', invoice: priceInvoice(of, plan, quantities) }];
};

export const accountDecider: Decider<Account, AccountCommand, AccountEvent, AccountFailure> = {
  initial: { tenantId: '', name: '', openedAt: null, plan: null, settled: {} },
  decide(command, account) {
    if (command.type === 'open')
      return account.openedAt === null
        ? [{ type: 'account-opened', tenantId: command.tenantId, name: command.name, openedAt: command.at }]
        : [];
    if (account.openedAt === null) return accountNotFound(command.type === 'subscribe' ? command.tenantId : '');
    if (command.type === 'settle') return settle(command, account);
    return account.plan === command.plan ? [] : [{ type: 'subscription-changed', tenantId: account.tenantId, plan: command.plan }];
  },
  evolve(account, event) {
    switch (event.type) {
      case 'account-opened':
        return { ...account, tenantId: event.tenantId, name: event.name, openedAt: event.openedAt };
      case 'subscription-changed':
        return { ...account, plan: event.plan };
      case 'usage-settled':
        return { ...account, settled: { ...account.settled, ...event.settled } };
      case 'invoice-issued':
        return account;
    }
  },
};

export const accountDirectory = `${platformTenant}#accounts`;

export const accountAggregate: Aggregate<Account, AccountCommand, AccountEvent, AccountFailure> = {
  decider: accountDecider,
  attributes: (account) => ({ directory: accountDirectory, name: account.tenantId }),
};

export const accountStream = (tenant: TenantId): StreamId => ({ tenant, partition: 'account', stream: 'account' });

export const invoiceKey = (tenant: string, period: Period) => ({ pk: `${tenant}#account`, sk: `invoice#${period}` });

/** The index of all invoices, by period and tenant, and the key of one tenant's in the directory. */
export const allInvoices = `${platformTenant}#invoices`;
export const invoiceDirectory = (tenant: string): string => `${tenant}#invoices`;

/** An invoice is kept as an item of its own, written in the transaction that settles its period. */
export const invoiceWrites = ({ events }: Pick<Handled<Account, AccountEvent>, 'events'>): readonly Write[] =>
  events.flatMap(({ event }): Write[] =>
    event.type === 'invoice-issued' ? [{ type: 'put', item: invoiceItem(event.invoice), if: 'absent' }] : [],
  );

const invoiceItem = (invoice: Invoice): Item => ({
  ...invoiceKey(invoice.tenantId, invoice.period),
  kind: 'invoice',
  invoice,
  directory: invoiceDirectory(invoice.tenantId),
  name: invoice.period,
  ledger: allInvoices,
  entry: `${invoice.period}#${invoice.tenantId}`,
});

export const invoiceOf = (item: Item): Invoice => item.invoice as unknown as Invoice;
