import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import type { Change } from '../../../domain/kernel/table.ts';
import { context } from '../../kernel/context.ts';
import { firstUnhandled } from '../in-order.ts';
import { changesFunction } from './changes-function.ts';
import { calledWith, put, streamRecord, testLambda } from './test-cloud.ts';

const made = { name: 'made', type: 'made.v1', context: 'things', describes: 'x', data: z.object({ n: z.number() }) };
const things = context('things', {
  describes: 'Things',
  tables: { log: { holds: 'events' }, facts: { changes: { fold: { uses: {} } } }, plain: {} },
  publishes: [made],
});
const environment = { HYBRID_TABLE_THINGS_LOG: 'log-1a', HYBRID_TABLE_THINGS_FACTS: 'facts-2b', HYBRID_TABLE_THINGS_PLAIN: 'plain-3c' };

const world = (refuses: (change: Change) => boolean = () => false) => {
  const folded: string[] = [];
  const fold = async (changes: readonly Change[]) => {
    for (const change of changes) {
      if (refuses(change)) throw new TypeError(`${change.key.sk} cannot be folded`);
      folded.push(change.key.sk);
    }
  };
  const lambda = testLambda(() => inMemoryTable(), environment);
  const handler = changesFunction([{ declaration: things as never, changes: { facts: { fold } } }], lambda);
  const handle = (table: string, ...changes: readonly Change[]) =>
    handler({ Records: changes.map((change) => streamRecord(table, change)) }, calledWith());
  return { ...lambda, folded, handle };
};
const fact = (n: number) => put(String(n), 'acme#facts', `f${n}`);
const marker = (n: number) => put(String(n), 'acme#facts', `~m${n}`);
const event = (n: number) => {
  const recorded = { kind: 'event', id: `e${n}`, stream: 'thing', version: n, at: '2026-11-21T12:00:00.000Z', by: 'p' };
  return put(String(n), 'acme#thing#a', `event#thing#${n}`, { ...recorded, event: { type: 'made', n } });
};

describe('a function of changes', () => {
  it('publishes the events of a table, in their order', async () => {
    const { handle, bus } = world();
    expect(await handle('log-1a', event(1), event(2))).toEqual({ batchItemFailures: [] });
    expect(bus.published.map(({ id, type, source }) => [id, type, source])).toEqual([
      ['e1', 'made.v1', 'urn:hybrid:things'],
      ['e2', 'made.v1', 'urn:hybrid:things'],
    ]);
  });

  it('hands the changes of a table to those who consume them', async () => {
    const { handle, folded } = world();
    await handle('facts-2b', fact(1), fact(2));
    expect(folded).toEqual(['f1', 'f2']);
  });

  it('reports the first change that could not be handled, and has handled all before it', async () => {
    const { handle, folded } = world(({ key }) => key.sk === 'f3');
    expect(await handle('facts-2b', fact(1), fact(2), fact(3), fact(4))).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
    expect(new Set(folded)).toEqual(new Set(['f1', 'f2']));
  });

  it('fails where the first of several cannot be handled, so that Lambda splits the batch', async () => {
    await expect(world(({ key }) => key.sk === 'f1').handle('facts-2b', fact(1), fact(2))).rejects.toThrow('f1 cannot be folded');
  });

  it('reports one that cannot be handled and is alone', async () => {
    expect(await world(() => true).handle('facts-2b', fact(7))).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] });
  });

  it('acknowledges markers behind what was handled, and hands them to nobody', async () => {
    const { handle, folded, deeds } = world(({ key }) => key.sk === 'f3');
    await handle('facts-2b', fact(1), marker(2), fact(3), marker(4));
    expect(deeds.acknowledged).toMatchObject([{ table: 'things.facts', markers: [{ sequence: '2' }] }]);
    expect(folded.some((sk) => sk.startsWith('~'))).toBe(false);
  });

  it('acknowledges no marker before all that came ahead of it is handled', async () => {
    const { handle, deeds, folded } = world();
    await handle('facts-2b', marker(1), fact(2));
    expect([deeds.acknowledged.length, folded]).toEqual([1, ['f2']]);
    const stuck = world(() => true);
    await stuck.handle('facts-2b', fact(1), marker(2)).catch(() => undefined);
    expect(stuck.deeds.acknowledged).toEqual([]);
  });

  it('fails for a table that nothing here consumes', async () => {
    for (const table of ['other', 'plain-3c']) await expect(world().handle(table, fact(1))).rejects.toThrow('unknown-table');
  });
});

describe('handling in order', () => {
  it('ends at the first thing that cannot be handled alone, with all before it handled and nothing behind it handled by itself', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (works) => {
        const done = new Set<number>();
        const handle = async (batch: readonly number[]) => {
          if (batch.some((at) => !works[at])) throw new TypeError('stuck');
          for (const at of batch) done.add(at);
        };
        const { at } = await firstUnhandled([...works.keys()], handle);
        const first = works.indexOf(false);
        expect(at).toBe(first < 0 ? works.length : first);
        expect([...done].sort((a, b) => a - b)).toEqual([...works.keys()].slice(0, at));
      }),
    ));
});
