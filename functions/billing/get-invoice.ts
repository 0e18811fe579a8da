import { invoiceKey, invoiceOf } from '../../domain/billing/account.ts';
import { parseInvoiceId } from '../../domain/billing/invoice.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { handler, ok } from '../kernel/handler.ts';
import type { billing } from './context.ts';
import { invoiceNotFound, invoiceView } from './invoice-view.ts';

export const getInvoice = handler<typeof billing, 'GET /v1/invoices/{id}'>(async ({ params, principal }, { accounts }) => {
  const of = parseInvoiceId(params.id);
  const allowed = of !== undefined && (principal.tenant === platformTenant || principal.tenant === of.tenant);
  const item = allowed ? await accounts.get(invoiceKey(of.tenant, of.period)) : undefined;
  return item === undefined ? invoiceNotFound(params.id) : ok(invoiceView(invoiceOf(item)));
});
