import { describe, expect, it } from 'vitest';
import { isFailure } from '../kernel/failure.ts';
import { specification } from '../kernel/specification.ts';
import { type Plan, type ProposedTerms, planDecider } from './plan.ts';

const spec = specification(planDecider);
const terms = {
  name: 'Growth',
  currency: 'USD',
  flatFee: '49.00',
  prices: [
    { meter: 'inference.requests', model: 'unit', unitPrice: '0.0004' },
    {
      meter: 'inference.rows',
      model: 'graduated',
      tiers: [
        { upTo: '1000', unitPrice: '0' },
        { upTo: null, unitPrice: '0.0005' },
      ],
    },
  ],
} as const;
const plan = { id: 'growth', ...terms } as Plan;
const define = (changed: Partial<ProposedTerms> = {}) => ({ type: 'define', id: 'growth', terms: { ...terms, ...changed } }) as const;
const tiers = (...list: { upTo: string | null; unitPrice: string; flatFee?: string }[]) =>
  define({ prices: [{ meter: 'inference.rows', model: 'graduated', tiers: list }] });

describe('a plan', () => {
  it('has the terms it was given', () => spec.given().when(define()).then({ type: 'plan-defined', plan }));
  it('says nothing when it has those terms already', () => spec.given({ type: 'plan-defined', plan }).when(define()).then());
  it('can be given other terms', () =>
    spec
      .given({ type: 'plan-defined', plan })
      .when(define({ flatFee: '50' }))
      .then({ type: 'plan-defined', plan: { ...plan, flatFee: '50' } }));
  it('may have no prices but its flat fee', () =>
    spec
      .given()
      .when(define({ prices: [] }))
      .then({ type: 'plan-defined', plan: { ...plan, prices: [] } }));

  const refusals: [string, ReturnType<typeof define>, RegExp][] = [
    ['tiers that overlap', tiers({ upTo: '10', unitPrice: '1' }, { upTo: '5', unitPrice: '1' }, { upTo: null, unitPrice: '1' }), /overlap/],
    [
      'two tiers with the same end',
      tiers({ upTo: '10', unitPrice: '1' }, { upTo: '10.0', unitPrice: '1' }, { upTo: null, unitPrice: '1' }),
      /overlap/,
    ],
    ['a tier that ends at zero', tiers({ upTo: '0', unitPrice: '1' }, { upTo: null, unitPrice: '1' }), /greater than 0/],
    ['an endless tier before the last', tiers({ upTo: null, unitPrice: '1' }, { upTo: null, unitPrice: '1' }), /only the last/],
    ['a last tier that ends', tiers({ upTo: '10', unitPrice: '1' }), /last tier/],
    ['no tiers', tiers(), /1 to 50 tiers/],
    ['a bound finer than a meter', tiers({ upTo: '1.0000001', unitPrice: '1' }, { upTo: null, unitPrice: '1' }), /more than 6 decimals/],
    ['a negative tier price', tiers({ upTo: null, unitPrice: '-1' }), /negative/],
    ['a negative tier fee', tiers({ upTo: null, unitPrice: '1', flatFee: '-0.01' }), /negative/],
    ['a negative flat fee', define({ flatFee: '-1' }), /negative/],
    [
      'a price finer than twelve decimals',
      define({ prices: [{ meter: 'inference.rows', model: 'unit', unitPrice: '0.0000000000001' }] }),
      /more than 12 decimals/,
    ],
    ['a price of a billion', define({ flatFee: '1000000000' }), /less than/],
    ['a price that is no decimal', define({ flatFee: '1e2' }), /not a decimal/],
    ['an unknown meter', define({ prices: [{ meter: 'gpu.hours', model: 'unit', unitPrice: '1' }] }), /no meter "gpu.hours"/],
    ['a meter priced twice', define({ prices: [terms.prices[0], terms.prices[0]] }), /priced twice/],
    ['a currency that does not exist', define({ currency: 'XYZ' }), /ISO 4217/],
  ];
  it.each(refusals)('is refused with %s', (_name, command, detail) => {
    const outcome = planDecider.decide(command, planDecider.initial);
    expect(isFailure(outcome) ? outcome : undefined).toMatchObject({
      failure: 'invalid',
      code: 'invalid-plan',
      detail: expect.stringMatching(detail),
    });
  });
});
