import { describe, expect, it } from 'vitest';
import type { Item, Table } from '../../domain/kernel/table.ts';
import { rejection, unlessUnshown } from './harness.ts';
import type { TableHarness } from './table.ts';

type World = () => { readonly harness: TableHarness; readonly table: Table };

const pk = 'acme#things';
const names = (items: readonly Item[]) => items.map(({ sk }) => sk);

/** The part of the table's conformance that is about secondary indexes. */
export const indexCases = (at: World): void => {
  describe('indexes', () => {
    const put = (sk: string, colour?: string, size?: string) =>
      at().table.put({ pk, sk, ...(colour === undefined ? {} : { colour }), ...(size === undefined ? {} : { size }) });
    const red = async (range = {}, page = {}) => names((await at().table.queryIndex('byColour', 'red', range, page)).items);

    it('finds items by one attribute in the order of the other', async () => {
      await Promise.all([put('a', 'red', '3'), put('b', 'red', '1'), put('c', 'red', '2'), put('d', 'blue', '0')]);
      expect(await red()).toEqual(['b', 'c', 'a']);
      expect(await red({}, { descending: true })).toEqual(['a', 'c', 'b']);
      expect(await red({ from: '1', to: '2' })).toEqual(['b', 'c']);
    });
    it('orders items that are equal in that by key', async ({ skip }) => {
      unlessUnshown(at().harness, 'equals in an index by key', skip);
      await Promise.all(['c', 'a', 'b'].map((sk) => put(sk, 'red', '1')));
      expect(await red()).toEqual(['a', 'b', 'c']);
      expect(await red({}, { descending: true })).toEqual(['c', 'b', 'a']);
    });
    it('gives each of equal items once, in the same order each time, however they are paged', async () => {
      const sks = Array.from({ length: 12 }, (_, n) => String(n));
      await Promise.all(sks.map((sk) => put(sk, 'red', '1')));
      const all = await red();
      const paged: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await at().table.queryIndex('byColour', 'red', {}, { limit: 5, ...(cursor && { cursor }) });
        paged.push(...names(page.items));
        cursor = page.next;
      }
      expect([...all].sort()).toEqual([...sks].sort());
      expect(paged).toEqual(all);
      expect(await red({}, { descending: true })).toEqual([...all].reverse());
    });
    it('finds items of many partitions', async () => {
      await put('a', 'red', '1');
      await at().table.put({ pk: 'beta#things', sk: 'b', colour: 'red', size: '0' });
      expect(await red()).toEqual(['b', 'a']);
    });
    it('leaves out an item that lacks an attribute, or has one that is no string', async () => {
      await Promise.all([put('a', 'red'), put('b', undefined, '1'), at().table.put({ pk, sk: 'c', colour: 'red', size: 1 })]);
      expect(await red()).toEqual([]);
    });
    it('follows an item that changes, loses an attribute and is deleted', async () => {
      await put('a', 'red', '1');
      await put('b', 'red', '3');
      await put('a', 'red', '5');
      expect(await red()).toEqual(['b', 'a']);
      await put('a', 'red');
      expect(await red()).toEqual(['b']);
      await at().table.delete({ pk, sk: 'b' });
      expect(await red()).toEqual([]);
    });
    it('gives the newest image', async () => {
      await put('a', 'red', '1');
      await at().table.put({ pk, sk: 'a', colour: 'red', size: '1', n: 2 });
      expect((await at().table.queryIndex('byColour', 'red')).items).toEqual([{ pk, sk: 'a', colour: 'red', size: '1', n: 2 }]);
    });
    it('refuses an index that was not declared', async () =>
      expect((await rejection(at().table.queryIndex('byWeight', 'x'))).failure).toBe('invalid'));
  });
};

/** The part of the table's conformance that is about items whose lives end. */
export const expiryCases = (at: World): void => {
  describe('expiry', () => {
    const inSeconds = (seconds: number) => Math.floor(at().harness.clock.now().getTime() / 1000) + seconds;
    const short = (sk: string) => at().table.put({ pk, sk, colour: 'red', size: sk, version: 1, expiresAt: inSeconds(10) });

    it('shows an item up to its end and no reader or condition after it', async () => {
      await short('a');
      at().harness.clock.advance(9);
      expect(await at().table.get({ pk, sk: 'a' })).toBeDefined();
      at().harness.clock.advance(1);
      expect(await at().table.get({ pk, sk: 'a' })).toBeUndefined();
      expect(await at().table.batchGet([{ pk, sk: 'a' }])).toEqual([]);
      expect((await at().table.query(pk)).items).toEqual([]);
      expect((await at().table.queryIndex('byColour', 'red')).items).toEqual([]);
      expect(await at().table.put({ pk, sk: 'a' }, 'present')).toEqual({ written: false, conflict: 0 });
      expect(await at().table.put({ pk, sk: 'a' }, { version: 1 })).toEqual({ written: false, conflict: 0 });
      expect(await at().table.put({ pk, sk: 'a', n: 2 }, 'absent')).toEqual({ written: true });
      expect(await at().table.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a', n: 2 });
    });
    it('fills a page past what has expired', async () => {
      await short('a');
      await Promise.all(['b', 'c'].map((sk) => at().table.put({ pk, sk })));
      at().harness.clock.advance(11);
      expect(await at().table.query(pk, {}, { limit: 2 })).toEqual({
        items: [
          { pk, sk: 'b' },
          { pk, sk: 'c' },
        ],
        next: null,
      });
    });
    it('removes what has expired, and keeps what was given a longer life', async ({ skip }) => {
      unlessUnshown(at().harness, 'removal of what has expired', skip);
      await short('a');
      await short('b');
      await at().table.put({ pk, sk: 'b', expiresAt: inSeconds(100) });
      await short('c');
      await at().table.put({ pk, sk: 'c' });
      at().harness.clock.advance(50);
      await at().harness.sweep();
      at().harness.clock.advance(-50);
      expect(names((await at().table.query(pk)).items)).toEqual(['b', 'c']);
    });
  });
};
