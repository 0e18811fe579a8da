import { describe, expect, it } from 'vitest';
import { exact } from '../../domain/kernel/money.ts';
import { billOf, billOnTop, dollars, nothingLeft, type Usage } from './bill.ts';

const requests = (quantity: number): Usage => ({ meter: 'sqs.requests', quantity, kind: 'queue', what: 'polling' });
const secrets = (quantity: number): Usage => ({ meter: 'secrets.secrets', quantity, kind: 'secret', what: 'secrets' });
const text = (bill: { readonly total: { toFixed(digits: number): string } }) => bill.total.toFixed(4);

describe('a bill', () => {
  it('is the sum of what each line uses, by the price list', () => {
    expect(text(billOf([secrets(2), { ...secrets(1), what: 'one more' }]))).toBe('1.2000');
  });

  it('lets an allowance that never ends go first, once for all lines of a meter', () => {
    const { lines, total } = billOf([requests(657_000), requests(657_000)]);
    expect(lines.map(({ free }) => free)).toEqual([657_000, 343_000]);
    expect(total.toFixed(4)).toBe('0.1256');
  });

  it('shares one allowance between the architectures of functions', () => {
    const compute = (meter: 'lambda.compute.arm64' | 'lambda.compute.x86_64'): Usage => ({
      meter,
      quantity: 300_000,
      kind: 'function',
      what: 'x',
    });
    const { lines } = billOf([compute('lambda.compute.arm64'), compute('lambda.compute.x86_64')]);
    expect(lines.map(({ free }) => free)).toEqual([300_000, 100_000]);
  });

  it('costs full where nothing of the allowances is left', () => {
    expect(text(billOf([requests(1_000_000)], nothingLeft))).toBe('0.4000');
  });

  it('of a second load counts only what the first one left', () => {
    expect(text(billOnTop([requests(900_000)], [requests(1_100_000)]))).toBe('0.4000');
  });

  it('of nothing is nothing', () => {
    expect(text(billOf([]))).toBe('0.0000');
  });
});

describe('an amount', () => {
  it('is shown in cents, and finer where it is less than one', () => {
    expect([dollars(exact('0')), dollars(exact('0.0037')), dollars(exact('2.499'))]).toEqual(['$0.00', '$0.0037', '$2.50']);
  });
});
