import { type Failure, failed } from '../kernel/failure.ts';
import type { TenantId } from '../kernel/tenancy.ts';
import { accountAggregate, accountNotFound, accountStream, unsettled } from './account.ts';
import { type Books, periodStatus, planOf, usageToSettle } from './closing.ts';
import { type Invoice, priceInvoice } from './invoice.ts';
import { nextPeriod, type Period, periodOf } from './period.ts';

export type PreviewFailure = Failure<'account-not-found' | 'subscription-not-found'>;

/** The period that usage of now will be billed in: the running one, or the one after it where the running one is closed already. */
const openPeriod = async (books: Books): Promise<Period> => {
  const running = periodOf(books.clock.now());
  return (await periodStatus(books, running)) === 'open' ? running : nextPeriod(running);
};

/** The invoice as it would be if the period were closed now. */
export const previewInvoice = async (books: Books, tenant: TenantId): Promise<Invoice | PreviewFailure> => {
  const { state: account } = await books.accounts.events.read(accountAggregate, accountStream(tenant));
  if (account.openedAt === null) return accountNotFound(tenant);
  const plan = await planOf(books, account);
  if (plan === null) return failed('not-found', 'subscription-not-found', `The account "${tenant}" has no plan, and so no invoice.`);
  const period = await openPeriod(books);
  const quantities = unsettled(account, await usageToSettle(books, account, period));
  const at = books.clock.now().toISOString();
  return priceInvoice({ tenantId: tenant, accountName: account.name, period, status: 'preview', at }, plan, quantities);
};
