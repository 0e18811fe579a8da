import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Table } from '../../domain/kernel/table.ts';
import type { Doorbell } from '../../functions/entries/doorbell/doorbell.ts';
import { changeStreamConformance } from '../conformance/change-stream.ts';
import { doorbellCases, drainer } from '../conformance/doorbell.ts';
import { rejection } from '../conformance/harness.ts';
import type { Consumer } from '../conformance/polled-consumer.ts';
import { systemClock } from '../system/system-clock.ts';
import { awaitDrained, type CosmosDoorbell, cosmosDoorbell, partitionOf } from './change-stream.ts';
import { cosmosTable } from './table.ts';
import { type CosmosUnderTest, startCosmosUnderTest } from './test-cosmos.ts';

const declaration = { changes: true };

changeStreamConformance('fakes of Azure', async () => {
  const cosmos = await startCosmosUnderTest(undefined, 2);
  const running = new Set<Consumer>();
  let place = cosmos.place({});
  const open = () => cosmosTable({ place, declaration, client: cosmos.client, clock: systemClock });
  const stopAll = async () => {
    await Promise.all([...running].map((one) => one.stop()));
    running.clear();
  };
  return {
    async table() {
      place = cosmos.place({});
      return open();
    },
    async restart() {
      await stopAll();
      return open();
    },
    subscribe(consumer, handler, options) {
      const doorbell = cosmosDoorbell({ client: cosmos.client, placeOf: () => place });
      const subscription = drainer(doorbell, 'things').subscribe(consumer, handler, options);
      running.add(subscription);
      return {
        stop() {
          running.delete(subscription);
          return subscription.stop();
        },
      };
    },
    drain: async () => void (await Promise.all([...running].map((one) => one.idle()))),
    async dispose() {
      await stopAll();
      await cosmos.close();
    },
  };
});

describe('the doorbell of Cosmos DB', () => {
  const pk = 'acme#log';
  let cosmos: CosmosUnderTest;
  let table: Table;
  let doorbell: CosmosDoorbell & Doorbell;
  beforeEach(async () => {
    cosmos = await startCosmosUnderTest(undefined, 2);
    const place = cosmos.place({});
    table = cosmosTable({ place, declaration, client: cosmos.client, clock: systemClock });
    doorbell = cosmosDoorbell({ client: cosmos.client, placeOf: () => place });
  });
  afterEach(() => cosmos.close());

  doorbellCases(() => ({ table, doorbell }));

  it('tells of partitions that changed since a moment, of each once, and of no progress', async () => {
    await Promise.all(['acme#a', 'acme#b', 'acme#😀'].map((each) => table.put({ pk: each, sk: 'a' })));
    await table.put({ pk: 'acme#a', sk: 'b' });
    await doorbell.progress.put('things', 'acme#a', '1', undefined);
    const told: string[] = [];
    for await (const partition of doorbell.changedSince('things', new Date())) told.push(partition);
    expect(told.sort()).toEqual(['acme#a', 'acme#b', 'acme#😀']);
    const later: string[] = [];
    for await (const partition of doorbell.changedSince('things', new Date(Date.now() + 10_000))) later.push(partition);
    expect(later).toEqual([]);
  });
  it('knows its own record of progress again when the answer to it was lost', async () => {
    let broken = false;
    cosmos.fake.intercept(({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/docs') || broken) return undefined;
      broken = true;
      return 'broken-after';
    });
    expect(await doorbell.progress.put('things', pk, '1', undefined)).toBe(true);
    expect(broken).toBe(true);
  });
  it('says that the container is missing, and not that another was faster', async () => {
    const nowhere = cosmosDoorbell({ client: cosmos.client, placeOf: () => ({ ...cosmos.place({}), container: 'nowhere' }) });
    for (const tag of [undefined, '"1"'])
      expect((await rejection(nowhere.progress.put('things', pk, '1', tag))).code).toBe('cloud-unavailable');
  });
  it('is no part of the table: what it records shows in no scan', async () => {
    await doorbell.progress.put('things', pk, '1', undefined);
    expect((await table.scan()).items).toEqual([]);
  });
  it('knows the partition of a changed document, and none of one of its own', () => {
    expect(partitionOf({ id: 'a', pk: 'acme#a', sk: 'a' })).toBe('acme#a');
    expect(partitionOf({ id: 'progress', pk: '~progress#acme#a' })).toBeUndefined();
    expect([partitionOf(undefined), partitionOf('a'), partitionOf({})]).toEqual([undefined, undefined, undefined]);
  });
  it('is settled when all that was there has been drained, and says so where it is not in time', async () => {
    await table.put({ pk, sk: 'a' });
    await awaitDrained(doorbell, 'things', ['acme#nothing']);
    expect(await rejection(awaitDrained(doorbell, 'things', [pk], 150))).toEqual({ failure: 'unavailable', code: 'changes-not-settled' });
    const settled = awaitDrained(doorbell, 'things', [pk]);
    await sleep(50);
    const last = (await doorbell.reading('things', pk)(undefined, 10)).at(-1)?.sequence ?? '';
    await doorbell.progress.put('things', pk, last, undefined);
    await settled;
  });
});
