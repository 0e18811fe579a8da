import * as z from 'zod';
import { meterNames } from '../../domain/billing/meters.ts';
import { periodPattern } from '../../domain/billing/period.ts';
import { planIdPattern } from '../../domain/billing/plan.ts';
import { Paging } from '../kernel/lists.ts';
import { Decimal, TenantId, Time } from '../kernel/schemas.ts';

export const PlanId = z
  .string()
  .regex(planIdPattern, '1 to 64 characters of a-z, 0-9 and "-", beginning and ending with a letter or digit');
export const PeriodText = z.string().regex(periodPattern, 'a month such as 2026-11');
const Meter = z.enum(meterNames);

// What decimals may be is said by the plan's own rules, which name the price they refuse.
const Amount = z.string().max(40).describe('A decimal number as a string, for example "0.0005"');
const Tier = z.strictObject({
  upTo: Amount.nullable().describe('Inclusive; null in the last tier'),
  unitPrice: Amount,
  flatFee: Amount.optional().describe('Due once the tier is reached'),
});
const Price = z.discriminatedUnion('model', [
  z.strictObject({ meter: z.string().max(100), model: z.literal('unit'), unitPrice: Amount }),
  z.strictObject({ meter: z.string().max(100), model: z.literal('graduated'), tiers: z.array(Tier).max(1000) }),
  z.strictObject({ meter: z.string().max(100), model: z.literal('volume'), tiers: z.array(Tier).max(1000) }),
]);

export const PlanTerms = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    currency: z.string().max(10).describe('ISO 4217'),
    flatFee: Amount.default('0'),
    prices: z.array(Price).max(100).default([]),
  })
  .meta({ id: 'PlanTerms' });
export const PlanView = z
  .object({ id: PlanId, name: z.string(), currency: z.string(), flatFee: Decimal, prices: z.array(Price) })
  .meta({ id: 'Plan' });

export const Subscription = z.strictObject({ plan: PlanId }).meta({ id: 'Subscription' });

export const CloseOptions = z.strictObject({ force: z.boolean().default(false).describe('Close the running period now') });
const InvoiceSummary = z.object({ id: z.string(), tenantId: TenantId, currency: z.string(), total: Decimal });
export const CloseResult = z
  .object({ period: PeriodText, status: z.literal('closed'), invoices: z.array(InvoiceSummary) })
  .meta({ id: 'ClosedPeriod' });

const Quantities = z.record(Meter, Decimal);
const TenantVerification = z.object({
  tenantId: TenantId,
  agrees: z.boolean(),
  facts: z.int().describe('How many requests were metered'),
  fromFacts: Quantities,
  fromRollups: Quantities,
  differences: z.array(z.string()).describe('Hours and shards that differ, at most 100'),
});
export const Verification = z
  .object({ period: PeriodText, agrees: z.boolean(), facts: z.int(), tenants: z.array(TenantVerification) })
  .meta({ id: 'PeriodVerification' });

const Line = z.object({
  meter: Meter.nullable().describe("null for the plan's flat fee"),
  description: z.string(),
  quantity: Decimal,
  amount: Decimal,
});
export const InvoiceView = z
  .object({
    id: z.string(),
    tenantId: TenantId,
    period: PeriodText,
    currency: z.string(),
    status: z.enum(['issued', 'preview']),
    issuedAt: Time.nullable(),
    plan: z.object({ id: PlanId, name: z.string(), version: z.int() }),
    lines: z.array(Line),
    total: Decimal,
  })
  .meta({ id: 'Invoice' });

const Moment = z.union(
  [z.iso.datetime({ offset: true }), z.iso.date()],
  'a time such as 2026-11-21T12:00:00Z, or a date such as 2026-11-21',
);
export const UsageRange = Paging.extend({
  from: Moment.optional().describe('Inclusive; the beginning of the month unless told'),
  to: Moment.optional().describe('Exclusive; now unless told'),
  granularity: z.enum(['hour', 'day']).default('hour'),
});
export const UsageView = z.object({ tenantId: TenantId, meter: Meter, from: Time, to: Time, value: Decimal }).meta({ id: 'Usage' });

export const OfPlan = z.object({ id: PlanId });
export const OfTenant = z.object({ tenantId: TenantId });
export const OfPeriod = z.object({ period: PeriodText });
