import { describe, expect, it } from 'vitest';
import { minorUnitDigits } from './currency.ts';
import { isFailure, Rejected } from './failure.ts';
import { decimalText, exact, moneyText, parseDecimal } from './money.ts';

describe('money', () => {
  it('is rounded half to even', () =>
    expect(['0.005', '0.015', '0.025', '-0.005', '-0.015', '0.0251'].map((text) => moneyText(exact(text), 'USD'))).toEqual([
      '0.00',
      '0.02',
      '0.02',
      '0.00',
      '-0.02',
      '0.03',
    ]));
  it('has the digits of its currency', () =>
    expect(['JPY', 'USD', 'KWD', 'CLF'].map((code) => moneyText(exact('1.5'), code))).toEqual(['2', '1.50', '1.500', '1.5000']));
  it('follows ISO 4217 where common practice rounds to whole units', () =>
    expect([minorUnitDigits('IQD'), minorUnitDigits('LBP')]).toEqual([3, 2]));
  it('has no unknown currency', () => expect(() => moneyText(exact('1'), 'XYZ')).toThrow(Rejected));
});

describe('a decimal from outside', () => {
  it.each(['', '1e3', '.5', '5.', '01', '+1', '1,5', ' 1', 'NaN', '1'.repeat(19)])('is refused as %j', (text) =>
    expect(isFailure(parseDecimal(text, 12))).toBe(true),
  );
  it('is refused with more decimals than are allowed', () => expect(isFailure(parseDecimal('0.1234567', 6))).toBe(true));
  it('keeps every digit', () => {
    const parsed = parseDecimal('123456789012345678.000000000001', 12);
    expect(isFailure(parsed) ? parsed : decimalText(parsed)).toBe('123456789012345678.000000000001');
  });
  it('is written without needless zeros or an exponent', () =>
    expect([decimalText(exact('4.0')), decimalText(exact('0.0000001'))]).toEqual(['4', '0.0000001']));
  it('is never made of a JavaScript number', () => expect(() => exact(0.1 as never)).toThrow());
});
