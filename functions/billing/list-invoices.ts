import { allInvoices, invoiceDirectory, invoiceOf } from '../../domain/billing/account.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { handler, ok } from '../kernel/handler.ts';
import { list, pageOf } from '../kernel/lists.ts';
import type { billing } from './context.ts';
import { invoiceView } from './invoice-view.ts';

export const listInvoices = handler<typeof billing, 'GET /v1/invoices'>(async ({ query, principal }, { accounts }) => {
  const [index, partition] =
    principal.tenant === platformTenant ? ['ledger', allInvoices] : ['directory', invoiceDirectory(principal.tenant)];
  const { items, next } = await accounts.queryIndex(index, partition, {}, pageOf(query));
  const invoices = items.map((item) => invoiceView(invoiceOf(item)));
  return ok(list(invoices, next));
});
