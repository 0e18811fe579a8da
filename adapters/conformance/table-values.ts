import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../domain/kernel/json.ts';
import type { Item, Table } from '../../domain/kernel/table.ts';

const pk = 'acme#things';

/** The part of the table's conformance that is about what an item may hold. */
export const valueCases = (at: () => { readonly table: Table }): void => {
  describe('values', () => {
    it('keeps what a store has no type for', async () => {
      const nested = (depth: number): Json => (depth === 0 ? 'x' : [{ in: nested(depth - 1) }]);
      const odd: Readonly<Record<string, Json>> = {
        numbers: [1e300, 5e-324, -1.7976931348623157e308, 0.1 + 0.2, 2 ** 53, 0],
        deep: nested(40),
        names: { '': 1, 'a.b': 2, '#c': 3, ':d': 4, '\ud800': 5 },
        'half a character': '\ud800 and \udc00',
        'a zero byte': '\u0000',
        empty: ['', {}, [], null],
        $json: 'of its own',
        size: { no: 'text' },
        ...JSON.parse('{"__proto__": {"own": true}}'),
        '': 'without a name',
      };
      await at().table.put({ ...odd, pk, sk: 'all', colour: 'red' });
      expect(await at().table.get({ pk, sk: 'all' })).toStrictEqual({ ...odd, pk, sk: 'all', colour: 'red' });
    });
    it('keeps any JSON', async () => {
      const values = fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 4 });
      await fc.assert(
        fc.asyncProperty(values, async (attributes) => {
          const item = { ...(JSON.parse(JSON.stringify(attributes)) as Item), pk, sk: 'any', version: 1, expiresAt: 4_000_000_000 };
          await at().table.put(item);
          expect(await at().table.get({ pk, sk: 'any' })).toStrictEqual(item);
        }),
        { numRuns: 50 },
      );
    });
  });
};
