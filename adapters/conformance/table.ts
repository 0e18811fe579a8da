import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Item, Items, Page, Table, TableDeclaration, Write } from '../../domain/kernel/table.ts';
import { rejection, type SettableClock, type Unshown } from './harness.ts';
import { proofsOf } from './proof.ts';
import { expiryCases, indexCases } from './table-indexes-and-expiry.ts';
import { scanCases } from './table-scan.ts';
import { valueCases } from './table-values.ts';

export type TableHarness = Unshown<'equals in an index by key' | 'removal of what has expired'> & {
  /** A fresh, empty table. */
  table(declaration: TableDeclaration): Promise<Table>;
  /** The same table after its process was ended and started again. */
  restart(): Promise<Table>;
  readonly clock: SettableClock;
  /** Removes what has expired, as the adapter's own schedule would. */
  sweep(): Promise<void>;
  dispose(): Promise<void>;
};

const pk = 'acme#things';
const declaration = { indexes: { byColour: { partition: 'colour', sort: 'size' } } } as const satisfies TableDeclaration;
const names = (items: readonly Item[]) => items.map(({ sk }) => sk);

/** What every `Table` does, whatever it is made of. */
export const tableConformance = (name: string, makeHarness: () => Promise<TableHarness>): void => {
  describe(`the table of ${name}`, () => {
    const { observed } = proofsOf('Table', name);
    let harness: TableHarness;
    let table: Table;
    beforeEach(async () => {
      const made = await makeHarness();
      harness = {
        ...made,
        table: async (declared) => observed(await made.table(declared)),
        restart: async () => observed(await made.restart()),
      };
      table = await harness.table(declaration);
    });
    afterEach(() => harness.dispose());

    const putAll = (keys: readonly string[]) => Promise.all(keys.map((sk) => table.put({ pk, sk })));
    const allPages = async (read: (page: Page) => Promise<Items>, page: Page): Promise<Item[]> => {
      const { items, next } = await read(page);
      return next === null ? [...items] : [...items, ...(await allPages(read, { ...page, cursor: next }))];
    };

    describe('reading and writing', () => {
      it('gives back what was put, without attributes that were undefined', async () => {
        await table.put({ pk, sk: 'a', n: 1.5, list: [1, 'zwei', null], deep: { x: true }, none: undefined });
        expect(await table.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a', n: 1.5, list: [1, 'zwei', null], deep: { x: true } });
      });
      it('has nothing where nothing was put', async () => expect(await table.get({ pk, sk: 'a' })).toBeUndefined());
      it('replaces an item whole', async () => {
        await table.put({ pk, sk: 'a', old: 1 });
        await table.put({ pk, sk: 'a', young: 2 });
        expect(await table.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a', young: 2 });
      });
      it('keeps what an item was when it was put, though its maker changes it afterwards', async () => {
        const item = { pk, sk: 'a', list: [1] };
        const putting = table.put(item);
        item.list.push(2);
        await putting;
        expect((await table.get({ pk, sk: 'a' }))?.list).toEqual([1]);
      });
      it('deletes an item, and deleting what is not there is no failure', async () => {
        await putAll(['a']);
        expect(await table.delete({ pk, sk: 'a' })).toEqual({ written: true });
        expect(await table.delete({ pk, sk: 'a' })).toEqual({ written: true });
        expect(await table.get({ pk, sk: 'a' })).toBeUndefined();
      });
      it('gets a batch in the order of the keys and leaves out what does not exist', async () => {
        await putAll(['a', 'b', 'c']);
        expect(names(await table.batchGet(['c', 'x', 'a'].map((sk) => ({ pk, sk }))))).toEqual(['c', 'a']);
      });
      it('has what it acknowledged after a restart', async () => {
        await table.put({ pk, sk: 'a', colour: 'red', size: '1', n: 7 });
        const again = await harness.restart();
        expect(await again.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a', colour: 'red', size: '1', n: 7 });
        expect(names((await again.queryIndex('byColour', 'red')).items)).toEqual(['a']);
      });
      it('takes keys of the largest size, apart to the last byte', async () => {
        const long = 'p'.repeat(1023);
        const keys = ['y', 'z'].flatMap((p) => ['y', 'z'].map((s) => ({ pk: long + p, sk: long + s })));
        for (const [n, key] of keys.entries()) await table.put({ ...key, n, colour: 'c'.repeat(1024), size: 's'.repeat(1024) });
        expect((await table.batchGet(keys)).map(({ n }) => n)).toEqual([0, 1, 2, 3]);
        expect((await table.queryIndex('byColour', 'c'.repeat(1024))).items).toHaveLength(4);
      });
    });

    describe('conditions', () => {
      it('gives exactly one of 50 parallel puts of an absent item the win', async () => {
        const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => table.put({ pk, sk: 'a', n }, 'absent')));
        const winners = outcomes.flatMap(({ written }, n) => (written ? [n] : []));
        expect(winners).toHaveLength(1);
        expect((await table.get({ pk, sk: 'a' }))?.n).toBe(winners[0]);
      });
      it('gives exactly one of 50 parallel puts over one version the win', async () => {
        await table.put({ pk, sk: 'a', version: 1 });
        const outcomes = await Promise.all(Array.from({ length: 50 }, () => table.put({ pk, sk: 'a', version: 2 }, { version: 1 })));
        expect(outcomes.filter(({ written }) => written)).toHaveLength(1);
      });
      it('puts over what is present and not over what is not', async () => {
        expect(await table.put({ pk, sk: 'a' }, 'present')).toEqual({ written: false, conflict: 0 });
        await putAll(['a']);
        expect(await table.put({ pk, sk: 'a', n: 1 }, 'present')).toEqual({ written: true });
      });
      it('does not take an item without a version for one that has it', async () => {
        await putAll(['a']);
        expect(await table.put({ pk, sk: 'a' }, { version: 0 })).toEqual({ written: false, conflict: 0 });
        expect(await table.put({ pk, sk: 'b' }, { version: 0 })).toEqual({ written: false, conflict: 0 });
      });
      it('deletes only the version asked for', async () => {
        await table.put({ pk, sk: 'a', version: 2 });
        expect(await table.delete({ pk, sk: 'a' }, { version: 1 })).toEqual({ written: false, conflict: 0 });
        expect(await table.delete({ pk, sk: 'a' }, { version: 2 })).toEqual({ written: true });
      });
    });

    describe('transactions', () => {
      it('writes all', async () => {
        await putAll(['old']);
        const writes: Write[] = [
          { type: 'put', item: { pk, sk: 'a' }, if: 'absent' },
          { type: 'put', item: { pk, sk: 'b' } },
          { type: 'delete', key: { pk, sk: 'old' }, if: 'present' },
        ];
        expect(await table.transact(pk, writes)).toEqual({ written: true });
        expect(names((await table.query(pk)).items)).toEqual(['a', 'b']);
      });
      it('leaves nothing of one that fails, in the index neither, and names the write that stood in the way', async () => {
        await putAll(['taken', 'old']);
        const writes: Write[] = [
          { type: 'put', item: { pk, sk: 'a', colour: 'red', size: '1' } },
          { type: 'delete', key: { pk, sk: 'old' } },
          { type: 'put', item: { pk, sk: 'taken', n: 1 }, if: 'absent' },
          { type: 'put', item: { pk, sk: 'b' } },
        ];
        expect(await table.transact(pk, writes)).toEqual({ written: false, conflict: 2 });
        expect((await table.query(pk)).items).toEqual(['old', 'taken'].map((sk) => ({ pk, sk })));
        expect((await table.queryIndex('byColour', 'red')).items).toEqual([]);
      });
      it('holds to a check of an item that it does not write', async () => {
        await table.put({ pk, sk: 'guard', version: 3 });
        const guarded = (version: number): Write[] => [
          { type: 'check', key: { pk, sk: 'guard' }, if: { version } },
          { type: 'put', item: { pk, sk: `seen-${version}` } },
        ];
        expect(await table.transact(pk, guarded(2))).toEqual({ written: false, conflict: 0 });
        expect(await table.transact(pk, guarded(3))).toEqual({ written: true });
        expect(names((await table.query(pk)).items)).toEqual(['guard', 'seen-3']);
      });
      it('lets one of many that move the same two items win, and never mixes them', async () => {
        const both = (n: number): Write[] => ['a', 'b'].map((sk) => ({ type: 'put', item: { pk, sk, n }, if: 'absent' }));
        const outcomes = await Promise.all(Array.from({ length: 30 }, (_, n) => table.transact(pk, both(n))));
        expect(outcomes.filter(({ written }) => written)).toHaveLength(1);
        const [a, b] = (await table.query(pk)).items;
        expect(a?.n).toBe(b?.n);
      });
      it('is content with nothing to write', async () => expect(await table.transact(pk, [])).toEqual({ written: true }));
      it('refuses a write to another partition', async () => {
        const foreign: Write[] = [{ type: 'put', item: { pk: 'acme#others', sk: 'a' } }];
        expect(await rejection(table.transact(pk, foreign))).toEqual({ failure: 'invalid', code: 'foreign-partition' });
        expect(await table.get({ pk: 'acme#others', sk: 'a' })).toBeUndefined();
      });
      it('refuses an item named twice', async () => {
        const twice: Write[] = [1, 2].map((n) => ({ type: 'put', item: { pk, sk: 'a', n } }));
        expect(await rejection(table.transact(pk, twice))).toEqual({ failure: 'invalid', code: 'duplicate-key' });
      });
      it('takes 100 writes and refuses 101', async () => {
        const writes = (count: number): Write[] => Array.from({ length: count }, (_, n) => ({ type: 'put', item: { pk, sk: `${n}` } }));
        expect(await table.transact(pk, writes(100))).toEqual({ written: true });
        expect(await rejection(table.transact(pk, writes(101)))).toEqual({ failure: 'too-large', code: 'transaction-too-large' });
      });
    });

    describe('queries', () => {
      const unordered = ['b', 'a', 'ab', 'é', 'z', '日本', '😀', '\uffee', 'A', 'a#1', 'a\u0000b', '~'];
      const inByteOrder = [...unordered].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));

      it('orders a partition by the bytes of UTF-8, either way', async () => {
        await putAll(unordered);
        await table.put({ pk: 'acme#thing', sk: 'not here' });
        await table.put({ pk: 'acme#things2', sk: 'nor here' });
        expect(names((await table.query(pk)).items)).toEqual(inByteOrder);
        expect(names((await table.query(pk, {}, { descending: true })).items)).toEqual([...inByteOrder].reverse());
      });
      it('finds a prefix', async () => {
        await putAll(unordered);
        expect(names((await table.query(pk, { prefix: 'a' })).items)).toEqual(['a', 'a\u0000b', 'a#1', 'ab']);
        expect(names((await table.query(pk, { prefix: '日' })).items)).toEqual(['日本']);
      });
      it('finds a range with both its bounds', async () => {
        await putAll(['a', 'b', 'b1', 'c', 'd']);
        expect(names((await table.query(pk, { from: 'b', to: 'c' })).items)).toEqual(['b', 'b1', 'c']);
        expect(names((await table.query(pk, { from: 'c' })).items)).toEqual(['c', 'd']);
        expect(names((await table.query(pk, { to: 'b' }, { descending: true })).items)).toEqual(['b', 'a']);
        expect(names((await table.query(pk, { from: 'd', to: 'a' })).items)).toEqual([]);
      });
      it('pages through any range, either way, without a gap or a repetition', async () => {
        const keys = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4, unit: 'binary' }), { maxLength: 25 });
        const range = fc.oneof(
          fc.record({ prefix: fc.string({ maxLength: 1, unit: 'binary' }) }),
          fc.record({ from: fc.string({ maxLength: 2 }), to: fc.string({ maxLength: 2 }) }, { requiredKeys: [] }),
        );
        let run = 0;
        await fc.assert(
          fc.asyncProperty(keys, range, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (sks, sortRange, limit, descending) => {
            const partition = `acme#run-${run++}`;
            await Promise.all(sks.map((sk) => table.put({ pk: partition, sk, colour: partition, size: sk })));
            const expected = sks
              .filter((sk) => isWithin(sk, sortRange))
              .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
            if (descending) expected.reverse();
            expect(names(await allPages((page) => table.query(partition, sortRange, page), { limit, descending }))).toEqual(expected);
            expect(
              names(await allPages((page) => table.queryIndex('byColour', partition, sortRange, page), { limit, descending })),
            ).toEqual(expected);
          }),
          { numRuns: 60 },
        );
      });
      it('says that a page is the last one where it is', async () => {
        await putAll(['a', 'b']);
        expect((await table.query(pk, {}, { limit: 2 })).next).toBeNull();
        expect((await table.query(pk, {}, { limit: 1 })).next).not.toBeNull();
      });
      it('goes on after a cursor whose item is gone, and sees what came behind it', async () => {
        await putAll(['a', 'b', 'd']);
        const { next } = await table.query(pk, {}, { limit: 2 });
        await table.delete({ pk, sk: 'b' });
        await putAll(['aa', 'c']);
        expect(names((await table.query(pk, {}, { cursor: next ?? '' })).items)).toEqual(['c', 'd']);
      });
      it('gives 100 items a page unless told, and at most 1,000', async () => {
        await putAll(Array.from({ length: 101 }, (_, n) => `${n}`));
        expect((await table.query(pk)).items).toHaveLength(100);
        expect((await table.query(pk, {}, { limit: 1000 })).items).toHaveLength(101);
        for (const limit of [0, 1001, 1.5]) expect((await rejection(table.query(pk, {}, { limit }))).failure).toBe('invalid');
      });
      it('refuses a cursor that it did not give, also one of another partition, range or index', async () => {
        await Promise.all(['a', 'b', 'c'].map((sk) => table.put({ pk, sk, colour: 'red', size: sk })));
        const cursor = (await table.query(pk, {}, { limit: 2 })).next ?? '';
        const refused = { failure: 'invalid', code: 'invalid-cursor' };
        for (const bad of ['', 'nonsense', '💥', `${cursor}A`, cursor.slice(0, -2)])
          expect(await rejection(table.query(pk, {}, { cursor: bad }))).toEqual(refused);
        expect(await rejection(table.query('acme#others', {}, { cursor }))).toEqual(refused);
        expect(await rejection(table.query(pk, { prefix: 'c' }, { cursor }))).toEqual(refused);
        expect(await rejection(table.queryIndex('byColour', 'red', {}, { cursor }))).toEqual(refused);
      });
    });

    describe('limits', () => {
      it('takes an item of just under 400 KB and refuses a larger one, in a transaction too', async () => {
        const item = (bytes: number): Item => ({ pk, sk: 'a', text: 'x'.repeat(bytes) });
        expect(await table.put(item(400 * 1024 - 100))).toEqual({ written: true });
        const refused = { failure: 'too-large', code: 'item-too-large' };
        expect(await rejection(table.put(item(400 * 1024)))).toEqual(refused);
        expect(await rejection(table.transact(pk, [{ type: 'put', item: item(400 * 1024) }]))).toEqual(refused);
      });
      it('counts bytes and not characters', async () => {
        expect(await rejection(table.put({ pk, sk: 'a', text: '日'.repeat(140 * 1024) }))).toEqual({
          failure: 'too-large',
          code: 'item-too-large',
        });
      });
      it('refuses keys that are empty, longer than 1,024 bytes or half a character', async () => {
        for (const sk of ['', 'x'.repeat(1025), '日'.repeat(400), '\ud800'])
          expect(await rejection(table.put({ pk, sk }))).toEqual({ failure: 'invalid', code: 'invalid-key' });
      });
      it('gets 100 keys at once and refuses 101', async () => {
        const keys = (count: number) => Array.from({ length: count }, (_, n) => ({ pk, sk: `${n}` }));
        expect(await table.batchGet(keys(100))).toEqual([]);
        expect((await rejection(table.batchGet(keys(101)))).failure).toBe('too-large');
      });
      it('is unharmed by a refused write in the midst of others', async () => {
        const outcomes = await Promise.allSettled([table.put({ pk, sk: 'a' }), table.put({ pk, sk: '' }), table.put({ pk, sk: 'b' })]);
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect(names((await table.query(pk)).items)).toEqual(['a', 'b']);
      });
    });

    valueCases(() => ({ table }));
    indexCases(() => ({ harness, table }));
    expiryCases(() => ({ harness, table }));
    scanCases(() => ({ harness, table }));
  });
};

const isWithin = (sk: string, range: { prefix?: string; from?: string; to?: string }): boolean => {
  const bytes = Buffer.from(sk);
  if (range.prefix !== undefined) return bytes.subarray(0, Buffer.byteLength(range.prefix)).equals(Buffer.from(range.prefix));
  const compare = (other: string) => Buffer.compare(bytes, Buffer.from(other));
  return (range.from === undefined || compare(range.from) >= 0) && (range.to === undefined || compare(range.to) <= 0);
};
