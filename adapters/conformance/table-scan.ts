import { describe, expect, it } from 'vitest';
import type { Item, Table } from '../../domain/kernel/table.ts';
import { rejection, type SettableClock } from './harness.ts';

type World = () => { readonly harness: { readonly clock: SettableClock }; readonly table: Table };

const addresses = (items: readonly Item[]): string[] => items.map(({ pk, sk }) => `${pk}/${sk}`).sort();

const scanned = async (table: Table, limit: number, cursor?: string): Promise<Item[]> => {
  const { items, next } = await table.scan(cursor === undefined ? { limit } : { limit, cursor });
  expect(items.length).toBeLessThanOrEqual(limit);
  return next === null ? [...items] : [...items, ...(await scanned(table, limit, next))];
};

/** Reading all of a table. */
export const scanCases = (at: World): void => {
  describe('scans', () => {
    it('meets each item of each partition once, whatever the size of a page', async () => {
      const { table } = at();
      expect(await table.scan()).toEqual({ items: [], next: null });
      const items = Array.from({ length: 23 }, (_, n) => ({ pk: `tenant-${n % 5}#things`, sk: `thing/${n}#ä`, n, deep: { list: [n] } }));
      await Promise.all(items.map((item) => table.put(item)));
      for (const limit of [1, 7, 23, 1000]) expect(addresses(await scanned(table, limit))).toEqual(addresses(items));
      expect((await scanned(table, 1000)).find(({ n }) => n === 7)).toEqual(items[7]);
    });
    it('leaves out what has expired', async () => {
      const { table, harness } = at();
      const now = Math.floor(harness.clock.now().getTime() / 1000);
      await table.put({ pk: 'acme#things', sk: 'short', expiresAt: now + 10 });
      await table.put({ pk: 'acme#things', sk: 'long', expiresAt: now + 1000 });
      harness.clock.advance(11);
      expect(addresses(await scanned(table, 100))).toEqual(['acme#things/long']);
    });
    it('refuses a cursor that it did not give', async () => {
      const { table } = at();
      await Promise.all(['a', 'b', 'c'].map((sk) => table.put({ pk: 'acme#things', sk })));
      const cursor = (await table.query('acme#things', {}, { limit: 2 })).next ?? '';
      for (const bad of ['', 'nonsense', cursor]) expect((await rejection(table.scan({ cursor: bad }))).failure).toBe('invalid');
    });
  });
};
