import { decimalText, type Exact, exact, sum, zero } from '../../domain/kernel/money.ts';
import { type Allowance, allowances, type Meter, priceOf } from './prices.ts';

/** How much of a meter something uses, and what uses it: `kind` groups lines as the components of `stacks/` are named. */
export type Usage = { readonly meter: Meter; readonly quantity: number; readonly kind: Kind; readonly what: string };

export type Kind =
  | 'http-api'
  | 'function'
  | 'table'
  | 'event-bus'
  | 'subscriber'
  | 'queue'
  | 'object-store'
  | 'secret'
  | 'schedule'
  | 'network-edge'
  | 'monitoring'
  | 'cost-export';

/** `free` is what an allowance took off; `usd` the price of the rest. */
export type Line = Usage & { readonly free: number; readonly usd: Exact };
export type Bill = { readonly lines: readonly Line[]; readonly total: Exact };

/** What is left of the allowances of a month. */
export type Left = { readonly [A in Allowance]?: number };
/** Each further million pays for everything: others have used the allowances up. */
export const nothingLeft: Left = Object.fromEntries(Object.keys(allowances).map((name) => [name, 0]));

// Quantities are estimates: six digits after the point are more than they mean, and keep the arithmetic exact from there on.
const quantityOf = (quantity: number): Exact => exact(quantity.toFixed(6));

/** Prices usages in their order; each allowance is used up by whoever comes first. */
export const billOf = (usages: readonly Usage[], left: Left = allowances): Bill => {
  const remaining = new Map<string, number>(Object.entries(left));
  const lines = usages.map((usage): Line => {
    const { usd, per, free } = priceOf(usage.meter);
    const allowed = free === undefined ? 0 : Math.min(remaining.get(free) ?? 0, usage.quantity);
    if (free !== undefined) remaining.set(free, (remaining.get(free) ?? 0) - allowed);
    return {
      ...usage,
      free: allowed,
      usd: quantityOf(usage.quantity - allowed)
        .times(exact(usd))
        .div(exact(String(per))),
    };
  });
  return { lines, total: totalOf(lines) };
};

/** What a second load costs on top of a first one, in the allowances that the first one leaves. */
export const billOnTop = (first: readonly Usage[], second: readonly Usage[]): Bill => {
  const lines = billOf([...first, ...second]).lines.slice(first.length);
  return { lines, total: totalOf(lines) };
};

export const totalOf = (lines: readonly Line[]): Exact => (lines.length === 0 ? zero : sum(lines.map(({ usd }) => usd)));

/** Dollars with as many digits as an estimate deserves: cents, or tenths of a cent below one. */
export const dollars = (value: Exact): string =>
  `$${value.gt(exact('0')) && value.lt(exact('0.01')) ? value.toFixed(4) : value.toFixed(2)}`;

export const plain = (value: Exact): string => decimalText(value.round(6));
