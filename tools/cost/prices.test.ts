import { describe, expect, it } from 'vitest';
import { exact } from '../../domain/kernel/money.ts';
import { prices, reviewed } from './prices.ts';

describe('the price list', () => {
  it.each(Object.entries(prices))('knows of %s its price, unit, source and date', (_, price) => {
    expect(exact(price.usd).gte(exact('0'))).toBe(true);
    expect(price.per).toBeGreaterThan(0);
    expect(price.unit).not.toBe('');
    expect(price.source).toMatch(/^https:\/\/[\w.-]+\//);
    expect(price.dated).toMatch(/^(\d{4}(-\d\d(-\d\d)?)?|undated)$/);
  });

  it('says when it was reviewed', () => {
    expect(reviewed).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});
