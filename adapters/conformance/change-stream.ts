import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change, ChangeHandler, Table } from '../../domain/kernel/table.ts';
import { eventually } from './harness.ts';
import { proofsOf } from './proof.ts';

export type ChangeStreamHarness = {
  /** A fresh table that keeps changes. */
  table(): Promise<Table>;
  /** The same table after its process was ended and started again; consumers are gone and may subscribe again. */
  restart(): Promise<Table>;
  subscribe(consumer: string, handler: ChangeHandler, options?: { readonly batchSize?: number }): { stop(): Promise<void> };
  /** Resolves when every running consumer has passed every change. */
  drain(): Promise<void>;
  /** Changes still kept; where a cloud keeps them for a time instead, nothing. */
  kept?(): number;
  dispose(): Promise<void>;
};

const partitions = ['acme#a', 'acme#b', 'beta#a'];

/** What every change stream does. */
export const changeStreamConformance = (name: string, makeHarness: () => Promise<ChangeStreamHarness>): void => {
  describe(`the change stream of ${name}`, () => {
    const { observed } = proofsOf('ChangeStream', name);
    let harness: ChangeStreamHarness;
    let table: Table;
    beforeEach(async () => {
      const made = await makeHarness();
      harness = { ...made, subscribe: observed({ subscribe: made.subscribe }).subscribe };
      table = await harness.table();
    });
    afterEach(() => harness.dispose());

    const collect =
      (into: Change[]): ChangeHandler =>
      async (changes) =>
        void into.push(...changes);
    const keysOf = (changes: readonly Change[], pk = 'acme#a') => changes.filter(({ key }) => key.pk === pk).map(({ key }) => key.sk);
    const put = (sk: string, pk = 'acme#a') => table.put({ pk, sk });

    it('delivers puts with what was written, and removals without', async () => {
      const seen: Change[] = [];
      harness.subscribe('one', collect(seen));
      await table.put({ pk: 'acme#a', sk: '1', n: 1 });
      await harness.drain();
      await table.delete({ pk: 'acme#a', sk: '1' });
      await harness.drain();
      expect(seen.map(({ key, item }) => [key, item])).toEqual([
        [
          { pk: 'acme#a', sk: '1' },
          { pk: 'acme#a', sk: '1', n: 1 },
        ],
        [{ pk: 'acme#a', sk: '1' }, undefined],
      ]);
    });
    it('delivers each partition in the order of its writes, with rising sequences, in batches no larger than asked', async () => {
      const seen: Change[] = [];
      const sizes: number[] = [];
      const order = Array.from({ length: 40 }, (_, n) => String(n).padStart(3, '0'));
      await Promise.all(
        partitions.map(async (pk) => {
          for (const sk of order) await put(sk, pk);
        }),
      );
      harness.subscribe(
        'one',
        async (changes) => {
          sizes.push(changes.length);
          seen.push(...changes);
        },
        { batchSize: 7 },
      );
      await harness.drain();
      for (const pk of partitions) {
        const sequences = seen.filter(({ key }) => key.pk === pk).map(({ sequence }) => sequence);
        expect(keysOf(seen, pk)).toEqual(order);
        expect([...new Set(sequences)].sort()).toEqual(sequences);
      }
      expect(Math.max(...sizes)).toBeLessThanOrEqual(7);
    });
    it('delivers every write of a transaction, and nothing of a write that failed', async () => {
      const seen: Change[] = [];
      harness.subscribe('one', collect(seen));
      const item = (sk: string) => ({ type: 'put', item: { pk: 'acme#a', sk }, if: 'absent' }) as const;
      await table.transact('acme#a', [item('1'), item('2')]);
      await table.transact('acme#a', [item('3'), item('2')]);
      await table.put({ pk: 'acme#a', sk: '1' }, 'absent');
      await table.delete({ pk: 'acme#a', sk: 'never there' });
      await harness.drain();
      expect(keysOf(seen)).toEqual(['1', '2']);
    });
    it('delivers again what a handler threw at, and skips nothing', async () => {
      const seen: Change[] = [];
      let throws = 2;
      harness.subscribe('one', async (changes) => {
        if (throws-- > 0) throw new TypeError('not yet');
        seen.push(...changes);
      });
      await put('1');
      await put('2');
      await harness.drain();
      expect(keysOf(seen)).toEqual(['1', '2']);
    });
    it('does not hold one consumer up for another that throws', async () => {
      const seen: Change[] = [];
      const stuck = harness.subscribe('stuck', async () => {
        throw new TypeError('never');
      });
      harness.subscribe('swift', collect(seen));
      await put('1');
      await eventually(() => seen.length === 1);
      await stuck.stop();
    });
    it('begins a new consumer at what is kept, and goes on with an old one where it was', async () => {
      const first: Change[] = [];
      harness.subscribe('late', async () => {
        throw new TypeError('holds the changes back');
      });
      const one = harness.subscribe('one', collect(first));
      await put('1');
      await eventually(() => first.length === 1);
      await one.stop();
      await put('2');
      const resumed: Change[] = [];
      const fresh: Change[] = [];
      harness.subscribe('one', collect(resumed));
      harness.subscribe('fresh', collect(fresh));
      await eventually(() => resumed.length === 1 && fresh.length === 2);
      expect([keysOf(resumed), keysOf(fresh)]).toEqual([['2'], ['1', '2']]);
    });
    it('goes on after a restart with sequences that still rise', async () => {
      const before: Change[] = [];
      harness.subscribe('one', collect(before));
      await put('1');
      await harness.drain();
      table = await harness.restart();
      await put('2');
      const after: Change[] = [];
      harness.subscribe('one', collect(after));
      await harness.drain();
      expect(keysOf(after)).toEqual(['2']);
      expect((after[0]?.sequence ?? '') > (before[0]?.sequence ?? '')).toBe(true);
    });
    it('keeps what some consumer has still to see, and no more', async () => {
      if (harness.kept === undefined) return;
      harness.subscribe('one', async () => undefined);
      await harness.drain();
      const slow = harness.subscribe('slow', async () => undefined);
      await harness.drain();
      await slow.stop();
      await Promise.all(['1', '2', '3'].map((sk) => put(sk)));
      await harness.drain();
      expect(harness.kept()).toBe(3);
      harness.subscribe('slow', async () => undefined);
      await harness.drain();
      expect(harness.kept()).toBe(0);
    });
  });
};
