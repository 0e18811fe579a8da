import createBig, { type Big } from 'big.js';
import { minorUnitDigits } from './currency.ts';
import { type Failure, failed, Rejected } from './failure.ts';

/** An exact decimal number; never a float. Its text has no exponent and no needless zeros. */
export type Exact = Big;

const Decimals = createBig();
// A JavaScript number may already have lost what a decimal must keep, so that none is taken.
Decimals.strict = true;

const decimalPattern = /^(-?)(0|[1-9]\d{0,17})(?:\.(\d+))?$/;

/** The exact number that a trusted decimal string says. */
export const exact = (text: string): Exact => new Decimals(text);

export const zero: Exact = exact('0');

/** Reads a decimal string from outside: at most 18 digits before the point and `maxDecimals` after it; no exponent, no sign but `-`. */
export const parseDecimal = (text: string, maxDecimals: number): Exact | Failure<'invalid-decimal'> => {
  const match = decimalPattern.exec(text);
  if (match === null) return failed('invalid', 'invalid-decimal', `"${text.slice(0, 40)}" is not a decimal number such as "49.00".`);
  if ((match[3] ?? '').length > maxDecimals)
    return failed('invalid', 'invalid-decimal', `"${text.slice(0, 40)}" has more than ${maxDecimals} decimals.`);
  return exact(text);
};

/** The shortest decimal string: `4`, not `4.0` nor `4e0`. */
export const decimalText = (value: Exact): string => value.toFixed();

export const sum = (values: Iterable<Exact>): Exact => {
  let total = zero;
  for (const value of values) total = total.plus(value);
  return total;
};

const digitsOf = (currency: string): number => {
  const digits = minorUnitDigits(currency);
  if (digits === undefined)
    throw new Rejected(failed('invalid', 'unknown-currency', `"${currency}" is not a currency of ISO 4217 with a minor unit.`));
  return digits;
};

/** Rounds half to even (IEEE 754 `roundTiesToEven`) to the currency's minor unit. */
export const roundToMinorUnit = (value: Exact, currency: string): Exact => value.round(digitsOf(currency), 2);

/** An amount with all digits of its currency's minor unit: USD `49.00`, JPY `49`, KWD `49.000`. */
export const moneyText = (value: Exact, currency: string): string => roundToMinorUnit(value, currency).toFixed(digitsOf(currency));
