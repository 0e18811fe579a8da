import type { Clock } from '../kernel/clock.ts';
import { type EventStore, handledOrThrow, type Versioned } from '../kernel/event-store.ts';
import { type Failure, isFailure } from '../kernel/failure.ts';
import type { Table } from '../kernel/table.ts';
import type { Principal, TenantId } from '../kernel/tenancy.ts';
import {
  type Account,
  accountAggregate,
  accountDirectory,
  accountStream,
  invoiceKey,
  invoiceOf,
  invoiceWrites,
  monthsToSettle,
  type UsageByPeriod,
} from './account.ts';
import type { Invoice, PlanSnapshot } from './invoice.ts';
import { type Period, periodAggregate, periodEnd, periodOf, periodStream, periodsBetween } from './period.ts';
import { directoryIndex, planAggregate, planStream } from './plan.ts';
import { unfoldedPartitions } from './unfolded.ts';
import { monthlyUsage } from './usage.ts';

export type Books = {
  /** Accounts, plans, periods and invoices. */
  readonly accounts: Table & { readonly events: EventStore };
  readonly usage: Pick<Table, 'query'>;
  readonly rollups: Table;
  readonly clock: Clock;
  /** Resolves when every usage fact written before to these partitions has been folded; a store that knows how far folding is looks at none of them. */
  readonly settled: (partitions: AsyncIterable<string>) => Promise<void>;
};

export type ChangedBy = { readonly by: Pick<Principal, 'id'>; readonly traceparent?: string };

/** Every billing account, a page at a time. */
export async function* accountsOf({ accounts }: Pick<Books, 'accounts'>): AsyncGenerator<readonly Versioned<Account>[]> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof accounts.events.statesByIndex<Account>>> = await accounts.events.statesByIndex<Account>(
      directoryIndex,
      accountDirectory,
      {
        limit: 100,
        ...(cursor === null ? {} : { cursor }),
      },
    );
    yield page.states;
    cursor = page.next;
  } while (cursor !== null);
}

/** Every billing account, one by one. */
export async function* eachAccount(books: Pick<Books, 'accounts'>): AsyncGenerator<Account> {
  for await (const page of accountsOf(books)) for (const { state } of page) yield state;
}

/** The plan that an account has now, if any. */
export const planOf = async ({ accounts }: Pick<Books, 'accounts'>, account: Account): Promise<PlanSnapshot | null> => {
  if (account.plan === null) return null;
  const { state, version } = await accounts.events.read(planAggregate, planStream(account.plan));
  return state.plan === null ? null : { ...state.plan, version };
};

// A month whose close broke off is not closed: its accounts still get an invoice of their own when it is taken up again.
const isClosed = async ({ accounts }: Pick<Books, 'accounts'>, period: Period): Promise<boolean> =>
  (await accounts.events.read(periodAggregate, periodStream(period))).state.status === 'closed';

/** The earlier months that are closed although the account has not settled them. */
const closedUnsettled = async (books: Books, account: Account, before: Period): Promise<ReadonlySet<string>> => {
  const first = periodOf(account.openedAt === null ? books.clock.now() : new Date(account.openedAt));
  const candidates = periodsBetween(first, before).filter((month) => account.settled[month] === undefined);
  const closed = await Promise.all(candidates.map(async (month) => ((await isClosed(books, month)) ? [month] : [])));
  return new Set(closed.flat());
};

/** Cumulative usage of the months that a period's settlement takes. */
export const usageToSettle = async (books: Books, account: Account, period: Period): Promise<UsageByPeriod> => {
  const months = monthsToSettle(account, period, await closedUnsettled(books, account, period));
  return Object.fromEntries(
    await Promise.all(months.map(async (month) => [month, await monthlyUsage(books.rollups, account.tenantId, month)] as const)),
  );
};

const attempts = 5;

/** Settles a tenant's period and issues its invoice, in one transaction; what is settled already stays as it is. */
export const settleAccount = async (books: Books, tenant: TenantId, period: Period, changed: ChangedBy): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const { state } = await books.accounts.events.read(accountAggregate, accountStream(tenant));
    if (state.settled[period] !== undefined) return;
    const [usage, plan] = await Promise.all([usageToSettle(books, state, period), planOf(books, state)]);
    const command = { type: 'settle', period, at: books.clock.now().toISOString(), usage, plan } as const;
    const outcome = await books.accounts.events.handle(accountAggregate, accountStream(tenant), command, {
      ...changed,
      alongside: invoiceWrites,
    });
    if (isFailure(outcome) && outcome.code === 'plan-changed' && attempt < attempts) continue;
    handledOrThrow(outcome);
    return;
  }
};

/** A closed (or closing) period's invoices by tenant; strong, so that what closing just issued is among them. */
export async function* invoicesOf(books: Pick<Books, 'accounts'>, period: Period): AsyncGenerator<Invoice> {
  for await (const page of accountsOf(books)) {
    const items = await books.accounts.batchGet(page.map(({ state }) => invoiceKey(state.tenantId, period)));
    yield* items.map(invoiceOf);
  }
}

const settleAll = async (books: Books, period: Period, changed: ChangedBy): Promise<void> => {
  for await (const page of accountsOf(books))
    await Promise.all(page.map(({ state }) => settleAccount(books, state.tenantId as TenantId, period, changed)));
};

const count = async (things: AsyncIterable<unknown>): Promise<number> => {
  let counted = 0;
  for await (const _thing of things) counted++;
  return counted;
};

export type CloseOptions = ChangedBy & {
  readonly force: boolean;
  /** What has to exist before the period is called closed: its export. */
  readonly publish: () => Promise<void>;
};

/**
 * Closes a period: folds what was used until now, settles every account and publishes the export. It can be broken off anywhere and called
 * again; once closed it stays so, and a further call changes nothing. Failure `period-not-over`: it is running and `force` was not said, or it is to come.
 */
export const closePeriod = async (
  books: Books,
  period: Period,
  { force, publish, ...changed }: CloseOptions,
): Promise<{ readonly status: 'closed' } | Failure> => {
  const stream = periodStream(period);
  const at = books.clock.now().toISOString();
  const begun = await books.accounts.events.handle(periodAggregate, stream, { type: 'begin-close', period, at, force }, changed);
  if (isFailure(begun)) return begun;
  if (begun.state.status === 'closed') return { status: 'closed' };
  await books.settled(unfoldedPartitions(books, eachAccount(books), periodEnd(period)));
  await settleAll(books, period, changed);
  await publish();
  const invoices = await count(invoicesOf(books, period));
  const completed = await books.accounts.events.handle(periodAggregate, stream, { type: 'complete-close', period, invoices }, changed);
  return isFailure(completed) ? completed : { status: 'closed' };
};

/** Whether a period is closed, and so its export can be had. */
export const periodStatus = async ({ accounts }: Pick<Books, 'accounts'>, period: Period) =>
  (await accounts.events.read(periodAggregate, periodStream(period))).state.status;
