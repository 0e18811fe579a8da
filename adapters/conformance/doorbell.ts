import { expect, it } from 'vitest';
import type { Change, ChangeHandler, Table } from '../../domain/kernel/table.ts';
import { type Consumer, polledConsumer } from './polled-consumer.ts';

/** Of a cloud whose trigger only says that something changed, as the entries know it (`functions/entries/doorbell`). */
type Doorbell = {
  reading(table: string, partition: string): (sequence: string | undefined, limit: number) => Promise<readonly Change[]>;
  changedSince(table: string, since: Date): AsyncIterable<string>;
  readonly progress: {
    get(table: string, of: string): Promise<{ readonly sequence: string; readonly tag: string } | undefined>;
    put(table: string, of: string, sequence: string, tag: string | undefined): Promise<boolean>;
  };
};

/** Delivers a table's changes as the functions do that hear the doorbell: partition by partition, each batch again until it is handled. */
export const drainer = (doorbell: Doorbell, table: string) => ({
  /** Goes on where a consumer of that name was. */
  subscribe(consumer: string, handler: ChangeHandler, { batchSize = 100 } = {}): Consumer {
    /** Handles what a partition has; false where that is nothing more. */
    const drain = async (partition: string): Promise<boolean> => {
      const of = `${consumer} ${partition}`;
      const known = await doorbell.progress.get(table, of);
      const changes = await doorbell.reading(table, partition)(known?.sequence, batchSize);
      const last = changes.at(-1);
      if (last === undefined) return false;
      await handler(changes);
      await doorbell.progress.put(table, of, last.sequence, known?.tag);
      return true;
    };
    return polledConsumer(async () => {
      const partitions = new Set<string>();
      for await (const partition of doorbell.changedSince(table, new Date(0))) partitions.add(partition);
      let had = false;
      for (const partition of partitions) had = (await drain(partition).catch(() => true)) || had;
      return had;
    });
  },
});

type ReadAfter = { readonly names: readonly string[]; readonly sequence: string | undefined };

/** The sort keys of all that changed after a sequence, read in batches, and the last one's sequence. */
export const readAll = async (doorbell: Doorbell, partition: string, from: string | undefined, limit: number): Promise<ReadAfter> => {
  const names: string[] = [];
  let sequence = from;
  const read = doorbell.reading('things', partition);
  for (let more = true; more; ) {
    const changes = await read(sequence, limit);
    names.push(...changes.map(({ key }) => key.sk));
    sequence = changes.at(-1)?.sequence ?? sequence;
    more = changes.length > 0;
  }
  return { names, sequence };
};

/** What every doorbell does; `open` gives a fresh table. */
export const doorbellCases = (open: () => { readonly table: Table; readonly doorbell: Doorbell }): void => {
  const pk = 'acme#log';

  it('reads a partition in batches, each change once, also within one transaction', async () => {
    const { table, doorbell } = open();
    const names = Array.from({ length: 30 }, (_, n) => String(n).padStart(2, '0'));
    await table.transact(
      pk,
      names.slice(0, 10).map((sk) => ({ type: 'put', item: { pk, sk }, if: 'absent' })),
    );
    for (const sk of names.slice(10)) await table.put({ pk, sk });
    expect((await readAll(doorbell, pk, undefined, 7)).names).toEqual(names);
  });

  it('lets one of many record progress, and the next only who has read what it recorded', async () => {
    const { progress } = open().doorbell;
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, n) => progress.put('things', pk, String(n), undefined)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const known = await progress.get('things', pk);
    expect(known?.sequence).toBe(String(outcomes.indexOf(true)));
    expect(await progress.put('things', pk, 'next', known?.tag)).toBe(true);
    expect(await progress.put('things', pk, 'late', known?.tag)).toBe(false);
    expect((await progress.get('things', pk))?.sequence).toBe('next');
  });
};
