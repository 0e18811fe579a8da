import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exact, moneyText, sum, zero } from '../kernel/money.ts';
import { billedCost, focusRows } from './focus.ts';
import { priceInvoice } from './invoice.ts';
import { exactAmount, lineAmount, type Price, priceTiers, type Tier } from './pricing.ts';

const meter = 'inference.rows' as const;
const tiers: readonly Tier[] = [
  { upTo: '1000', unitPrice: '0' },
  { upTo: '5000', unitPrice: '0.0005', flatFee: '2' },
  { upTo: null, unitPrice: '0.0004', flatFee: '3' },
];
const graduated: Price = { meter, model: 'graduated', tiers };
const volume: Price = { meter, model: 'volume', tiers };

describe('a graduated price', () => {
  it('prices each part of the quantity by the tier it lies in', () =>
    expect(priceTiers(graduated, '1500.5').map(({ quantity, cost }) => [quantity, cost])).toEqual([
      ['1000', '0'],
      ['500.5', '0.25025'],
    ]));
  it('keeps a quantity equal to a bound in the tier that it ends', () => expect(priceTiers(graduated, '1000')).toHaveLength(1));
  it('owes the flat fee of every tier that is reached', () => expect(lineAmount(priceTiers(graduated, '5000.000001'), 'USD')).toBe('7.00'));
});

describe('a volume price', () => {
  it('prices all of the quantity by the one tier it lies in', () =>
    expect(priceTiers(volume, '5001')).toEqual([{ tier: 3, quantity: '5001', unitPrice: '0.0004', cost: '2.0004', flatFee: '3' }]));
  it('keeps a quantity equal to a bound in the tier that it ends', () => expect(priceTiers(volume, '5000')[0]?.tier).toBe(2));
});

describe('any price', () => {
  it('comes to nothing, flat fees included, where nothing was used', () => {
    expect(priceTiers(graduated, '0')).toEqual([]);
    expect(priceTiers(volume, '0')).toEqual([]);
  });
  it('multiplies twelve decimals by six without losing one', () =>
    expect(priceTiers({ meter, model: 'unit', unitPrice: '0.000000000001' }, '0.000001')[0]?.cost).toBe('0.000000000000000001'));
});

const decimals = (integers: bigint, places: number) =>
  fc.bigInt({ min: 0n, max: integers * 10n ** BigInt(places) }).map((units) => {
    const digits = units.toString().padStart(places + 1, '0');
    return exact(`${digits.slice(0, -places)}.${digits.slice(-places)}`).toFixed();
  });
const unitPrice = decimals(5n, 12);
const quantity = decimals(1_000_000n, 6);
const tierList = fc
  .tuple(
    fc.uniqueArray(
      decimals(100_000n, 6).filter((bound) => bound !== '0'),
      { maxLength: 5 },
    ),
    fc.array(fc.tuple(unitPrice, decimals(10n, 4)), { minLength: 6, maxLength: 6 }),
  )
  .map(([bounds, prices]): Tier[] =>
    [...bounds.sort((a, b) => exact(a).cmp(exact(b))), null].map((upTo, index) => ({
      upTo,
      unitPrice: prices[index]?.[0] ?? '0',
      flatFee: prices[index]?.[1] ?? '0',
    })),
  );

describe('the arithmetic of tiers', () => {
  it('leaves no part of a quantity out and counts none twice', () =>
    fc.assert(
      fc.property(tierList, quantity, (list, used) => {
        const priced = priceTiers({ meter, model: 'graduated', tiers: list }, used);
        expect(sum(priced.map((tier) => exact(tier.quantity))).toFixed()).toBe(exact(used).toFixed());
      }),
    ));
  it('never makes a graduated price fall as more is used', () =>
    fc.assert(
      fc.property(tierList, quantity, quantity, (list, one, other) => {
        const [less, more] = exact(one).lte(exact(other)) ? [one, other] : [other, one];
        const amount = (used: string) => exactAmount(priceTiers({ meter, model: 'graduated', tiers: list }, used));
        expect(amount(less).lte(amount(more))).toBe(true);
      }),
    ));
  it('uses exactly one tier of a volume price, the one that holds the whole quantity', () =>
    fc.assert(
      fc.property(tierList, quantity, (list, used) => {
        fc.pre(exact(used).gt(zero));
        const [only, ...others] = priceTiers({ meter, model: 'volume', tiers: list }, used);
        const holding = list.findIndex(({ upTo }) => upTo === null || exact(used).lte(exact(upTo)));
        expect([only?.tier, only?.quantity, others]).toEqual([holding + 1, exact(used).toFixed(), []]);
      }),
    ));
  it('bills in FOCUS rows exactly what the invoice says, in currencies of any minor unit', () =>
    fc.assert(
      fc.property(
        tierList,
        quantity,
        fc.constantFrom('JPY', 'USD', 'KWD'),
        decimals(100n, 12),
        fc.constantFrom('graduated', 'volume'),
        (list, used, currency, flatFee, model) => {
          const plan = { id: 'p', version: 1, name: 'P', currency, flatFee, prices: [{ meter, model, tiers: list } as Price] };
          const quantities = { 'inference.requests': '0', 'inference.rows': used, 'inference.compute_seconds': '0' };
          const invoice = priceInvoice(
            { tenantId: 't', accountName: 'T', period: '2026-11' as never, status: 'issued', at: '' },
            plan,
            quantities,
          );
          const rows = focusRows(invoice);
          expect(moneyText(billedCost(rows), currency)).toBe(invoice.total);
          expect(billedCost(rows).eq(exact(invoice.total))).toBe(true);
          for (const { ListUnitPrice, PricingQuantity, ListCost } of rows)
            if (ListUnitPrice !== null && PricingQuantity !== null)
              expect(exact(ListUnitPrice).times(exact(PricingQuantity)).toFixed()).toBe(ListCost);
        },
      ),
    ));
});
