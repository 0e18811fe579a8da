import { decimalText, type Exact, exact, sum, zero } from '../kernel/money.ts';
import type { Invoice, InvoiceLine } from './invoice.ts';
import { meterText } from './meters.ts';
import { periodEnd, periodStart } from './period.ts';
import { exactAmount, type PricedTier } from './pricing.ts';

/**
 * The columns of a cost-and-usage row, in order: FOCUS 1.2 (https://focus.finops.org/focus-specification/v1-2/). All mandatory and recommended
 * ones that apply, and the conditional ones of a provider that measures usage, publishes prices and names accounts. Left out: commitments,
 * capacity reservations, regions, sub-accounts, provisioned resources, tags and foreign pricing currencies, which the platform does not have.
 */
export const focusColumns = [
  { name: 'BilledCost', type: 'decimal' },
  { name: 'BillingAccountId', type: 'text' },
  { name: 'BillingAccountName', type: 'text' },
  { name: 'BillingCurrency', type: 'text' },
  { name: 'BillingPeriodEnd', type: 'time' },
  { name: 'BillingPeriodStart', type: 'time' },
  { name: 'ChargeCategory', type: 'text' },
  { name: 'ChargeClass', type: 'text' },
  { name: 'ChargeDescription', type: 'text' },
  { name: 'ChargeFrequency', type: 'text' },
  { name: 'ChargePeriodEnd', type: 'time' },
  { name: 'ChargePeriodStart', type: 'time' },
  { name: 'ConsumedQuantity', type: 'decimal' },
  { name: 'ConsumedUnit', type: 'text' },
  { name: 'ContractedCost', type: 'decimal' },
  { name: 'ContractedUnitPrice', type: 'decimal' },
  { name: 'EffectiveCost', type: 'decimal' },
  { name: 'InvoiceId', type: 'text' },
  { name: 'InvoiceIssuerName', type: 'text' },
  { name: 'ListCost', type: 'decimal' },
  { name: 'ListUnitPrice', type: 'decimal' },
  { name: 'PricingCategory', type: 'text' },
  { name: 'PricingQuantity', type: 'decimal' },
  { name: 'PricingUnit', type: 'text' },
  { name: 'ProviderName', type: 'text' },
  { name: 'PublisherName', type: 'text' },
  { name: 'ServiceCategory', type: 'text' },
  { name: 'ServiceName', type: 'text' },
  { name: 'ServiceSubcategory', type: 'text' },
  { name: 'SkuId', type: 'text' },
  { name: 'SkuMeter', type: 'text' },
  { name: 'SkuPriceDetails', type: 'text' },
  { name: 'SkuPriceId', type: 'text' },
] as const satisfies readonly { readonly name: string; readonly type: 'decimal' | 'text' | 'time' }[];

export type FocusColumn = (typeof focusColumns)[number]['name'];

/** Decimals as exact decimal strings, times as `YYYY-MM-DDTHH:MM:SSZ`, null where FOCUS wants null. */
export type FocusRow = { readonly [C in FocusColumn]: string | null };

const provider = 'Hybrid AI Platform';
const second = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

const common = ({ tenantId, accountName, currency, period, id }: Invoice) => {
  const start = second(periodStart(period));
  const end = second(periodEnd(period));
  return {
    BillingAccountId: tenantId,
    BillingAccountName: accountName,
    BillingCurrency: currency,
    BillingPeriodEnd: end,
    BillingPeriodStart: start,
    ChargeClass: null,
    ChargePeriodEnd: end,
    ChargePeriodStart: start,
    InvoiceId: id,
    InvoiceIssuerName: provider,
    ProviderName: provider,
    PublisherName: provider,
    ServiceCategory: 'AI and Machine Learning',
    ServiceName: provider,
    ServiceSubcategory: 'Machine Learning',
  };
};

// There are no discounts and no commitments: what is listed is what is contracted, effective and billed.
const costs = (cost: string) => ({ BilledCost: cost, ContractedCost: cost, EffectiveCost: cost, ListCost: cost });
const unitPrices = (price: string) => ({ ContractedUnitPrice: price, ListUnitPrice: price });

const usageRow = (invoice: Invoice, line: InvoiceLine, tier: PricedTier): FocusRow[] => {
  if (line.meter === null || exact(tier.quantity).eq(zero)) return [];
  const { title, unit } = meterText(line.meter);
  return [
    {
      ...common(invoice),
      ...costs(tier.cost),
      ...unitPrices(tier.unitPrice),
      ChargeCategory: 'Usage',
      ChargeDescription: `${title}, tier ${tier.tier}`,
      ChargeFrequency: 'Usage-Based',
      ConsumedQuantity: tier.quantity,
      ConsumedUnit: unit,
      PricingCategory: 'Standard',
      PricingQuantity: tier.quantity,
      PricingUnit: unit,
      SkuId: line.meter,
      SkuMeter: title,
      ...skuPrice(invoice, `${line.meter}/tier-${tier.tier}`, tier.tier),
    },
  ];
};

// A price stays what it is under its id: a plan defined anew is a new version, and so has new ids.
const skuPrice = ({ plan }: Invoice, of: string, tier: number) => ({
  SkuPriceId: `${plan.id}/${plan.version}/${of}`,
  SkuPriceDetails: JSON.stringify({ x_Plan: plan.id, x_PlanVersion: plan.version, x_Tier: tier }),
});

const feeSku = (line: InvoiceLine, tier: PricedTier) =>
  line.meter === null
    ? { id: 'subscription', meter: 'Subscription', price: 'flat-fee', description: line.description }
    : {
        id: line.meter,
        meter: meterText(line.meter).title,
        price: `${line.meter}/tier-${tier.tier}/flat-fee`,
        description: `${line.description}, tier ${tier.tier}: flat fee`,
      };

const feeRow = (invoice: Invoice, line: InvoiceLine, tier: PricedTier): FocusRow[] => {
  if (exact(tier.flatFee).eq(zero)) return [];
  const sku = feeSku(line, tier);
  return [
    {
      ...common(invoice),
      ...costs(tier.flatFee),
      ...unitPrices(tier.flatFee),
      ChargeCategory: 'Purchase',
      ChargeDescription: sku.description,
      ChargeFrequency: 'Recurring',
      ConsumedQuantity: null,
      ConsumedUnit: null,
      PricingCategory: 'Standard',
      PricingQuantity: '1',
      PricingUnit: 'Months',
      SkuId: sku.id,
      SkuMeter: sku.meter,
      ...skuPrice(invoice, sku.price, tier.tier),
    },
  ];
};

const roundingRow = (invoice: Invoice, line: InvoiceLine): FocusRow[] => {
  const difference = exact(line.amount).minus(exactAmount(line.tiers));
  if (difference.eq(zero)) return [];
  return [
    {
      ...common(invoice),
      ...costs(decimalText(difference)),
      ContractedUnitPrice: null,
      ListUnitPrice: null,
      ChargeCategory: 'Adjustment',
      ChargeDescription: `${line.description}: rounding to the currency's minor unit`,
      ChargeFrequency: 'One-Time',
      ConsumedQuantity: null,
      ConsumedUnit: null,
      PricingCategory: null,
      PricingQuantity: null,
      PricingUnit: null,
      SkuId: null,
      SkuMeter: null,
      SkuPriceDetails: null,
      SkuPriceId: null,
    },
  ];
};

/**
 * An invoice as FOCUS rows: one for each tier used (ListUnitPrice × PricingQuantity = ListCost exactly), one for each flat fee (Purchase) and
 * one for what rounding a line made of them (Adjustment). Their BilledCost sums to the invoice's total exactly.
 */
export const focusRows = (invoice: Invoice): readonly FocusRow[] =>
  invoice.lines.flatMap((line) => [
    ...line.tiers.flatMap((tier) => [...usageRow(invoice, line, tier), ...feeRow(invoice, line, tier)]),
    ...roundingRow(invoice, line),
  ]);

/** What rows bill in sum. */
export const billedCost = (rows: Iterable<FocusRow>): Exact => sum([...rows].map(({ BilledCost }) => exact(BilledCost ?? '0')));
