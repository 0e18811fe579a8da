import { describe, expect, it } from 'vitest';
import { isFact } from '../../domain/kernel/meter.ts';
import type { Change } from '../../domain/kernel/table.ts';
import { rejection } from '../conformance/harness.ts';
import { inMemoryTable } from '../conformance/in-memory-table.ts';
import { acknowledge, awaitMarkers, isMarker, markerItem } from './markers.ts';

const clock = { now: () => new Date('2026-11-01T12:00:00.000Z') };
const partitions = Array.from({ length: 250 }, (_, n) => `acme#usage#2026-11-01T12#${n}`);

describe('markers in a change stream', () => {
  it('are told from facts, by the stream and by who reads a partition', () => {
    const item = markerItem('acme#usage#2026-11-01T12#0', '01J0', clock.now());
    expect([isMarker({ key: item }), isFact(item)]).toEqual([true, false]);
    const fact = { pk: item.pk, sk: '01JZZZZZZZZZZZZZZZZZZZZZZZ' };
    expect([isMarker({ key: fact }), isFact(fact)]).toEqual([false, true]);
  });

  it('are awaited in every partition, each behind what was written there before', async () => {
    const table = inMemoryTable();
    let [handled, settled] = [0, false];
    const waiting = awaitMarkers(table, partitions, { clock, id: '01J0' }).then(() => {
      settled = true;
    });
    while (handled < partitions.length) {
      expect(settled).toBe(false);
      const changes: readonly Change[] = table.changes().slice(handled);
      handled += changes.length;
      await acknowledge(table, changes.filter(isMarker));
      await new Promise(setImmediate);
      if (table.changes().length >= 2 * partitions.length) break;
    }
    await waiting;
    expect((await table.query(partitions[0] ?? '')).items).toEqual([]);
  });

  it('are settled at once where there is nothing to wait for', async () =>
    expect(await awaitMarkers(inMemoryTable(), [], { clock, id: '01J0' })).toBeUndefined());

  it('that nobody acknowledges are given up, and go by themselves', async () => {
    const table = inMemoryTable();
    expect(await rejection(awaitMarkers(table, ['acme#usage'], { clock, id: '01J0', waitMillis: 30 }))).toEqual({
      failure: 'unavailable',
      code: 'changes-not-settled',
    });
    const [marker] = table.changes();
    expect(marker?.item?.expiresAt).toBe(clock.now().getTime() / 1000 + 3600);
  });

  it('once removed are nothing to acknowledge', async () => {
    const removal: Change = { sequence: '2', key: { pk: 'acme#usage', sk: '~settled#01J0' } };
    await acknowledge({ delete: () => expect.unreachable('there is nothing to delete') }, [removal]);
  });
});
