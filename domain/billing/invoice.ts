import { isFailure } from '../kernel/failure.ts';
import { decimalText, exact, moneyText, sum, zero } from '../kernel/money.ts';
import { parseTenantId, type TenantId } from '../kernel/tenancy.ts';
import { type MeterName, meterText, type Quantities } from './meters.ts';
import { type Period, parsePeriod } from './period.ts';
import type { Plan } from './plan.ts';
import { lineAmount, type Price, type PricedTier, priceTiers } from './pricing.ts';

/** A plan as it was when an invoice was made: `version` counts its definitions. */
export type PlanSnapshot = Plan & { readonly version: number };

/** `amount` is rounded to the currency's minor unit; `tiers` say exactly what it is made of. `meter` is null for the plan's flat fee. */
export type InvoiceLine = {
  readonly meter: MeterName | null;
  readonly description: string;
  readonly quantity: string;
  readonly amount: string;
  readonly tiers: readonly PricedTier[];
};

export type Invoice = {
  readonly id: string;
  readonly tenantId: string;
  readonly accountName: string;
  readonly period: Period;
  readonly currency: string;
  readonly status: 'issued' | 'preview';
  /** RFC 3339: when it was issued, or looked at. */
  readonly at: string;
  readonly plan: { readonly id: string; readonly name: string; readonly version: number };
  readonly lines: readonly InvoiceLine[];
  /** The sum of the lines. */
  readonly total: string;
};

export type InvoiceFor = Pick<Invoice, 'tenantId' | 'accountName' | 'period' | 'status' | 'at'>;

/** One invoice for a tenant and period, so that its id follows from them (a tenant's id has no underscore). */
export const invoiceId = (tenant: string, period: Period): string => `inv_${tenant}_${period}`;

export const parseInvoiceId = (id: string): { readonly tenant: TenantId; readonly period: Period } | undefined => {
  const [, tenantText = '', periodText = ''] = /^inv_([^_]+)_([^_]+)$/.exec(id) ?? [];
  const tenant = parseTenantId(tenantText);
  const period = parsePeriod(periodText);
  return isFailure(tenant) || isFailure(period) ? undefined : { tenant, period };
};

const flatFeeLine = ({ name, flatFee, currency }: PlanSnapshot): InvoiceLine[] =>
  exact(flatFee).eq(zero)
    ? []
    : [
        {
          meter: null,
          description: `${name}: flat fee`,
          quantity: '1',
          amount: moneyText(exact(flatFee), currency),
          tiers: [flatFeeTier(flatFee)],
        },
      ];

const flatFeeTier = (flatFee: string): PricedTier => ({
  tier: 1,
  quantity: '0',
  unitPrice: '0',
  cost: '0',
  flatFee: decimalText(exact(flatFee)),
});

const meterLine = (price: Price, quantity: string, currency: string): InvoiceLine => {
  const tiers = priceTiers(price, quantity);
  return { meter: price.meter, description: meterText(price.meter).title, quantity, amount: lineAmount(tiers, currency), tiers };
};

/** Prices a period's quantities by a plan: the flat fee in full, and a line for each meter that the plan prices. */
export const priceInvoice = (of: InvoiceFor, plan: PlanSnapshot, quantities: Quantities): Invoice => {
  const lines = [...flatFeeLine(plan), ...plan.prices.map((price) => meterLine(price, quantities[price.meter], plan.currency))];
  return {
    id: invoiceId(of.tenantId, of.period),
    ...of,
    currency: plan.currency,
    plan: { id: plan.id, name: plan.name, version: plan.version },
    lines,
    total: moneyText(sum(lines.map(({ amount }) => exact(amount))), plan.currency),
  };
};
