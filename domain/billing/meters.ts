import type { UsageFact } from '../kernel/meter.ts';
import { decimalText, type Exact, exact } from '../kernel/money.ts';

/** What a plan can price, and how a value is written for people and for FOCUS. */
export const meterNames = ['inference.requests', 'inference.rows', 'inference.compute_seconds'] as const;
export type MeterName = (typeof meterNames)[number];

export const isMeter = (name: string): name is MeterName => (meterNames as readonly string[]).includes(name);

/** Usage as it is counted: whole requests, rows and microseconds of compute. */
export type Counts = Pick<UsageFact, 'requests' | 'rows' | 'computeMicros'>;

/** Usage of one meter each, as decimal strings with at most 6 decimals. */
export type Quantities = { readonly [M in MeterName]: string };

/** A sum of counts that cannot lose a unit, however large. */
export type Totals = { readonly requests: bigint; readonly rows: bigint; readonly computeMicros: bigint };

export const noUsage: Totals = { requests: 0n, rows: 0n, computeMicros: 0n };
export const noQuantities: Quantities = { 'inference.requests': '0', 'inference.rows': '0', 'inference.compute_seconds': '0' };

export const addCounts = (totals: Totals, counts: Counts): Totals => ({
  requests: totals.requests + BigInt(counts.requests),
  rows: totals.rows + BigInt(counts.rows),
  computeMicros: totals.computeMicros + BigInt(counts.computeMicros),
});

const secondsPerMicrosecond = exact('0.000001');

/** What the meters show for counted usage. */
export const quantitiesOf = (totals: Totals): Quantities => ({
  'inference.requests': totals.requests.toString(),
  'inference.rows': totals.rows.toString(),
  'inference.compute_seconds': decimalText(exact(totals.computeMicros.toString()).times(secondsPerMicrosecond)),
});

const combine = (left: Quantities, right: Quantities, how: (a: Exact, b: Exact) => Exact): Quantities => {
  const of = (meter: MeterName) => decimalText(how(exact(left[meter]), exact(right[meter])));
  return {
    'inference.requests': of('inference.requests'),
    'inference.rows': of('inference.rows'),
    'inference.compute_seconds': of('inference.compute_seconds'),
  };
};

export const addQuantities = (left: Quantities, right: Quantities): Quantities => combine(left, right, (a, b) => a.plus(b));
export const subtractQuantities = (left: Quantities, right: Quantities): Quantities => combine(left, right, (a, b) => a.minus(b));

type MeterText = { readonly title: string; readonly unit: string };
const texts: { readonly [M in MeterName]: MeterText } = {
  'inference.requests': { title: 'Inference requests', unit: 'Requests' },
  'inference.rows': { title: 'Inference rows', unit: 'Rows' },
  'inference.compute_seconds': { title: 'Inference compute time', unit: 'Seconds' },
};

/** A meter's title for people and its unit in the words of FOCUS's unit format (https://focus.finops.org/focus-specification/v1-2/#unitformat). */
export const meterText = (meter: MeterName): MeterText => texts[meter];
