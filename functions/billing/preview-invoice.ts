import { previewInvoice as preview } from '../../domain/billing/preview.ts';
import { unfoldedPartitions } from '../../domain/billing/unfolded.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { handler, ok } from '../kernel/handler.ts';
import { booksOf } from './books.ts';
import type { billing } from './context.ts';
import { invoiceView } from './invoice-view.ts';
import { oneAtATime } from './one-at-a-time.ts';

export const previewInvoice = handler<typeof billing, 'GET /v1/invoices/preview'>(async ({ principal }, ports) => {
  const books = booksOf(ports);
  const invoice = await oneAtATime(principal.tenant, 'preview', ports, async () => {
    await books.settled(unfoldedPartitions(books, [{ tenantId: principal.tenant, openedAt: null }]));
    return preview(books, principal.tenant);
  });
  return isFailure(invoice) ? invoice : ok(invoiceView(invoice));
});
