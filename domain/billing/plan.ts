import { minorUnitDigits } from '../kernel/currency.ts';
import type { Decider } from '../kernel/decider.ts';
import type { Aggregate, StreamId } from '../kernel/event-store.ts';
import { type Failure, failed, isFailure } from '../kernel/failure.ts';
import { decimalText, type Exact, exact, parseDecimal, zero } from '../kernel/money.ts';
import { platformTenant } from '../kernel/tenancy.ts';
import { isMeter, type MeterName, meterNames } from './meters.ts';
import type { Price, Tier } from './pricing.ts';

/** A plan's terms: money as decimal strings of the currency's major unit, at most 12 decimals. */
export type PlanTerms = { readonly name: string; readonly currency: string; readonly flatFee: string; readonly prices: readonly Price[] };

type ProposedTier = Omit<Tier, 'flatFee'> & { readonly flatFee?: string | undefined };

/** Terms as a client sends them: a meter's name is any text until it is checked. */
export type ProposedTerms = Omit<PlanTerms, 'prices'> & {
  readonly prices: readonly (
    | { readonly meter: string; readonly model: 'unit'; readonly unitPrice: string }
    | { readonly meter: string; readonly model: 'graduated' | 'volume'; readonly tiers: readonly ProposedTier[] }
  )[];
};

export type Plan = PlanTerms & { readonly id: string };
export type PlanState = { readonly plan: Plan | null };
export type PlanCommand = { readonly type: 'define'; readonly id: string; readonly terms: ProposedTerms };
export type PlanEvent = { readonly type: 'plan-defined'; readonly plan: Plan };
export type PlanFailure = Failure<'invalid-plan'>;

export const planIdPattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
export const maxPriceDecimals = 12;
export const maxMeterDecimals = 6;
const maxTiers = 50;
// Together with 12 + 6 decimals this keeps every cost within the export's DECIMAL(38,18) up to quantities of 10^11.
const priceCeiling = exact('1000000000');

const invalid = (detail: string): PlanFailure => failed('invalid', 'invalid-plan', detail);

const checkPrice = (where: string, text: string): PlanFailure | undefined => {
  const price = parseDecimal(text, maxPriceDecimals);
  if (isFailure(price)) return invalid(`${where}: ${price.detail}`);
  if (price.lt(zero)) return invalid(`${where} is negative: ${text}.`);
  return price.lt(priceCeiling) ? undefined : invalid(`${where} must be less than ${decimalText(priceCeiling)}.`);
};

const checkBound = (where: string, tier: ProposedTier, last: boolean, below: Exact): PlanFailure | undefined => {
  if (tier.upTo === null)
    return last ? undefined : invalid(`${where}: only the last tier may have "upTo": null, or the tiers after it would overlap.`);
  if (last) return invalid(`${where}: the last tier must have "upTo": null, or larger quantities would have no price.`);
  const bound = parseDecimal(tier.upTo, maxMeterDecimals);
  if (isFailure(bound)) return invalid(`${where}.upTo: ${bound.detail}`);
  return bound.gt(below)
    ? undefined
    : invalid(`${where}.upTo must be greater than ${decimalText(below)}, where the tier before it ends; tiers may not overlap.`);
};

const checkTiers = (where: string, tiers: readonly ProposedTier[]): PlanFailure | undefined => {
  if (tiers.length === 0 || tiers.length > maxTiers) return invalid(`${where} must have 1 to ${maxTiers} tiers.`);
  let below = zero;
  for (const [index, tier] of tiers.entries()) {
    const at = `${where}.tiers[${index}]`;
    const problem =
      checkBound(at, tier, index === tiers.length - 1, below) ??
      checkPrice(`${at}.unitPrice`, tier.unitPrice) ??
      checkPrice(`${at}.flatFee`, tier.flatFee ?? '0');
    if (problem !== undefined) return problem;
    if (tier.upTo !== null) below = exact(tier.upTo);
  }
  return undefined;
};

const checkMeters = (prices: ProposedTerms['prices']): PlanFailure | undefined => {
  const seen = new Set<string>();
  for (const { meter } of prices) {
    if (!isMeter(meter)) return invalid(`There is no meter "${meter.slice(0, 60)}"; there are ${meterNames.join(', ')}.`);
    if (seen.has(meter)) return invalid(`The meter ${meter} is priced twice.`);
    seen.add(meter);
  }
  return undefined;
};

const checkPrices = (prices: ProposedTerms['prices']): PlanFailure | undefined => {
  for (const [index, price] of prices.entries()) {
    const where = `prices[${index}]`;
    const problem = price.model === 'unit' ? checkPrice(`${where}.unitPrice`, price.unitPrice) : checkTiers(where, price.tiers);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

/** The first reason why these terms cannot bill, if there is one. */
const check = (terms: ProposedTerms): PlanFailure | undefined => {
  if (minorUnitDigits(terms.currency) === undefined)
    return invalid(`"${terms.currency.slice(0, 10)}" is not a currency code of ISO 4217, such as USD.`);
  return checkPrice('flatFee', terms.flatFee) ?? checkMeters(terms.prices) ?? checkPrices(terms.prices);
};

const same = (plan: Plan | null, other: Plan): boolean => JSON.stringify(plan) === JSON.stringify(other);

const normalTier = ({ upTo, unitPrice, flatFee }: ProposedTier): Tier =>
  flatFee === undefined ? { upTo, unitPrice } : { upTo, unitPrice, flatFee };

const normal = (id: string, { name, currency, flatFee, prices }: ProposedTerms): Plan => {
  const ordered = prices.map((price): Price => {
    // The meters' names were checked before.
    const meter = price.meter as MeterName;
    return price.model === 'unit'
      ? { meter, model: 'unit', unitPrice: price.unitPrice }
      : { meter, model: price.model, tiers: price.tiers.map(normalTier) };
  });
  return { id, name, currency, flatFee, prices: ordered };
};

export const planDecider: Decider<PlanState, PlanCommand, PlanEvent, PlanFailure> = {
  initial: { plan: null },
  decide({ id, terms }, state) {
    const problem = check(terms);
    if (problem !== undefined) return problem;
    const plan = normal(id, terms);
    return same(state.plan, plan) ? [] : [{ type: 'plan-defined', plan }];
  },
  evolve: (_state, { plan }) => ({ plan }),
};

/** The table index that lists billing's accounts, plans and invoices. */
export const directoryIndex = 'directory';
export const planDirectory = `${platformTenant}#plans`;

export const planAggregate: Aggregate<PlanState, PlanCommand, PlanEvent, PlanFailure> = {
  decider: planDecider,
  attributes: (state) => ({ directory: planDirectory, name: state.plan?.id }),
};

export const planStream = (id: string): StreamId => ({ tenant: platformTenant, partition: `plan#${id}`, stream: 'plan' });
