import { decimalText, type Exact, exact, moneyText, sum, zero } from '../kernel/money.ts';
import type { MeterName } from './meters.ts';

/** A tier holds quantities up to and including `upTo` (null: without end). Its flat fee is due once the tier is reached. */
export type Tier = { readonly upTo: string | null; readonly unitPrice: string; readonly flatFee?: string };

/**
 * How a meter is priced. `unit`: one price for all. `graduated`: each tier prices the part of the quantity that lies in it. `volume`: the one
 * tier in which the whole quantity lies prices all of it. Prices are decimal strings of a currency's major unit.
 */
export type Price =
  | { readonly meter: MeterName; readonly model: 'unit'; readonly unitPrice: string }
  | { readonly meter: MeterName; readonly model: 'graduated' | 'volume'; readonly tiers: readonly Tier[] };

/** What one tier comes to, unrounded: `cost` = `quantity` × `unitPrice`; `flatFee` is "0" where there is none. `tier` counts from 1. */
export type PricedTier = {
  readonly tier: number;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly cost: string;
  readonly flatFee: string;
};

const priced = (tier: number, quantity: Exact, { unitPrice, flatFee }: Tier): PricedTier => ({
  tier,
  quantity: decimalText(quantity),
  unitPrice: decimalText(exact(unitPrice)),
  cost: decimalText(quantity.times(exact(unitPrice))),
  flatFee: decimalText(exact(flatFee ?? '0')),
});

const withinTier = (quantity: Exact, tier: Tier): boolean => tier.upTo === null || quantity.lte(exact(tier.upTo));

const graduated = (quantity: Exact, tiers: readonly Tier[]): PricedTier[] => {
  const reached: PricedTier[] = [];
  let below = zero;
  for (const [index, tier] of tiers.entries()) {
    if (quantity.lte(below)) break;
    const top = tier.upTo === null || withinTier(quantity, tier) ? quantity : exact(tier.upTo);
    reached.push(priced(index + 1, top.minus(below), tier));
    below = top;
  }
  return reached;
};

const volume = (quantity: Exact, tiers: readonly Tier[]): PricedTier[] => {
  const index = tiers.findIndex((tier) => withinTier(quantity, tier));
  const tier = tiers[index];
  return tier === undefined ? [] : [priced(index + 1, quantity, tier)];
};

/** The tiers that a quantity reaches, exactly; none for no usage. */
export const priceTiers = (price: Price, quantity: string): readonly PricedTier[] => {
  const used = exact(quantity);
  if (used.lte(zero)) return [];
  if (price.model === 'unit') return [priced(1, used, { upTo: null, unitPrice: price.unitPrice })];
  return price.model === 'graduated' ? graduated(used, price.tiers) : volume(used, price.tiers);
};

/** Costs and flat fees of all tiers, before rounding. */
export const exactAmount = (tiers: readonly PricedTier[]): Exact =>
  sum(tiers.flatMap(({ cost, flatFee }) => [exact(cost), exact(flatFee)]));

/** What a line says of its tiers: their sum, rounded once, half to even, to the currency's minor unit. */
export const lineAmount = (tiers: readonly PricedTier[], currency: string): string => moneyText(exactAmount(tiers), currency);
