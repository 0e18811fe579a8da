import * as z from 'zod';
import { eventType } from './event.ts';

const billing = 'billing';
const Decimal = z.string();
const Period = z.string().describe('yyyy-mm, in UTC');
const Quantities = z.record(z.string(), Decimal).describe('By meter');
const Tier = z.object({ upTo: Decimal.nullable(), unitPrice: Decimal, flatFee: Decimal.optional() });
const Price = z.discriminatedUnion('model', [
  z.object({ meter: z.string(), model: z.literal('unit'), unitPrice: Decimal }),
  z.object({ meter: z.string(), model: z.enum(['graduated', 'volume']), tiers: z.array(Tier) }),
]);
const Plan = z.object({ id: z.string(), name: z.string(), currency: z.string(), flatFee: Decimal, prices: z.array(Price) });
const Line = z.object({ meter: z.string().nullable(), description: z.string(), quantity: Decimal, amount: Decimal });
const Invoice = z.object({
  id: z.string(),
  tenantId: z.string(),
  period: Period,
  currency: z.string(),
  plan: z.object({ id: z.string(), name: z.string(), version: z.int() }),
  lines: z.array(Line),
  total: Decimal,
});

export const planDefined = eventType(
  billing,
  'plan-defined',
  'A plan has new terms; they price every period that is closed from now on',
  z.object({ plan: Plan }),
);
export const accountOpened = eventType(
  billing,
  'account-opened',
  'A tenant can be billed',
  z.object({ tenantId: z.string(), name: z.string(), openedAt: z.string() }),
);
export const subscriptionChanged = eventType(
  billing,
  'subscription-changed',
  'An account is billed by another plan',
  z.object({ tenantId: z.string(), plan: z.string() }),
);
export const usageSettled = eventType(
  billing,
  'usage-settled',
  "A period's usage of a tenant was taken, to be billed once",
  z.object({ tenantId: z.string(), period: Period, quantities: Quantities }),
);
export const invoiceIssued = eventType(billing, 'invoice-issued', 'A tenant owes what this invoice says', z.object({ invoice: Invoice }));
export const periodClosing = eventType(
  billing,
  'period-closing',
  'A period is being closed',
  z.object({ period: Period, forced: z.boolean() }),
);
export const periodClosed = eventType(
  billing,
  'period-closed',
  'A period is closed; its export can be had',
  z.object({ period: Period, invoices: z.int() }),
);
