import type { Invoice } from '../../domain/billing/invoice.ts';
import { type Failure, failed } from '../../domain/kernel/failure.ts';

/** How an invoice is shown; the tiers behind a line are the export's. */
export const invoiceView = ({ id, tenantId, period, currency, status, at, plan, lines, total }: Invoice) => ({
  id,
  tenantId,
  period,
  currency,
  status,
  issuedAt: status === 'issued' ? at : null,
  plan,
  lines: lines.map(({ meter, description, quantity, amount }) => ({ meter, description, quantity, amount })),
  total,
});

export const invoiceSummary = ({ id, tenantId, currency, total }: Invoice) => ({ id, tenantId, currency, total });

export const invoiceNotFound = (id: string): Failure<'invoice-not-found'> =>
  failed('not-found', 'invoice-not-found', `There is no invoice "${id}".`);
