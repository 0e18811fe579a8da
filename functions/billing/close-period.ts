import { closePeriod as close, invoicesOf } from '../../domain/billing/closing.ts';
import { writeExport } from '../../domain/billing/focus-export.ts';
import { parsePeriod } from '../../domain/billing/period.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { changedBy, handler, ok } from '../kernel/handler.ts';
import { booksOf } from './books.ts';
import type { billing } from './context.ts';
import { invoiceSummary } from './invoice-view.ts';

export const closePeriod = handler<typeof billing, 'POST /v1/billing/periods/{period}/close'>(async (request, ports) => {
  const period = parsePeriod(request.params.period);
  if (isFailure(period)) return period;
  const books = booksOf(ports);
  const publish = () => writeExport({ books, exports: ports.exports, exportWriter: ports.exportWriter }, platformTenant, period);
  const closed = await close(books, period, { ...changedBy(request), force: request.body.force, publish });
  if (isFailure(closed)) return closed;
  const invoices: Json[] = [];
  for await (const invoice of invoicesOf(books, period)) invoices.push(invoiceSummary(invoice));
  return ok({ period, status: closed.status, invoices });
});
