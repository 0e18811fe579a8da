import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failed, Rejected } from '../../../domain/kernel/failure.ts';
import type { Change } from '../../../domain/kernel/table.ts';
import { testClock, testLog } from '../../kernel/test-serving.ts';
import { fragile, type Mishap, mishaps, processWith } from '../test-mishaps.ts';
import type { Doorbell } from './doorbell.ts';
import { type Draining, drain } from './drain.ts';
import { mostFailures } from './failing.ts';
import { sweep } from './sweep.ts';
import { testDoorbell, testObjects, testProgress } from './test-doorbell.ts';

const table = 'things.log';
const isPoison = ({ item }: Change): boolean => item?.poison === true;

/** A table whose writes ring no bell by themselves; what processes did outlives them. */
const world = () => {
  const clock = testClock();
  const log = testLog();
  const { objects, store } = testObjects();
  const changes: { readonly change: Change; readonly at: Date; readonly seenFrom: Date }[] = [];
  const handled: string[] = [];
  const progress = testProgress();
  const timeOf = (change: Change) => changes.find((one) => one.change === change)?.at ?? new Date(0);
  const visible = () => changes.filter(({ seenFrom }) => seenFrom <= clock.now()).map(({ change }) => change);
  const doorbell = testDoorbell(visible, timeOf, progress);
  const consume = async (batch: readonly Change[]) => {
    for (const change of batch) {
      if (isPoison(change)) throw new TypeError('poison');
      handled.push(`${change.key.pk} ${change.sequence}`);
    }
  };
  return {
    ...{ clock, log, objects, handled, progress },
    /** A change bears the time of its write and is seen some time later, in the order of its partition. */
    write(pk: string, lagMillis = 0, poison = false): Change {
      const sequence = String(changes.length + 1).padStart(6, '0');
      const change: Change = { sequence, key: { pk, sk: sequence }, item: { pk, sk: sequence, poison } };
      const before = changes.filter((one) => one.change.key.pk === pk).map(({ seenFrom }) => seenFrom.getTime());
      changes.push({ change, at: clock.now(), seenFrom: new Date(Math.max(clock.now().getTime() + lagMillis, ...before)) });
      return change;
    },
    changes: () => changes.map(({ change }) => change),
    draining(mishap: Mishap = { at: Number.POSITIVE_INFINITY, kind: 'fault' }): Draining {
      const process = processWith(mishap);
      const consumer = fragile({ consume }, process);
      const bell: Doorbell = {
        reading: (...of) => fragile({ read: doorbell.reading(...of) }, process).read,
        async *changedSince(name, since) {
          await process.step();
          for await (const partition of doorbell.changedSince(name, since)) {
            yield partition;
            await process.step();
          }
        },
        progress: fragile(progress, process),
      };
      return { doorbell: bell, objects: () => fragile(store, process), clock, log, consumers: new Map([[table, consumer.consume]]) };
    },
  };
};
type World = ReturnType<typeof world>;

const firstTimes = (handled: readonly string[], pk: string): readonly string[] =>
  [...new Set(handled)].filter((one) => one.startsWith(`${pk} `)).map((one) => one.slice(pk.length + 1));

const keptAside = ({ objects }: World): readonly string[] => [...objects.values()].map((text) => (JSON.parse(text) as Change).sequence);

/** All that lies behind the progress was handled, or is kept. */
const holdsProgress = async (on: World): Promise<void> => {
  const done = new Set([...on.handled.map((one) => one.split(' ')[1]), ...keptAside(on)]);
  for (const { key, sequence } of on.changes()) {
    const at = await on.progress.get(table, key.pk);
    if (at !== undefined && sequence <= at.sequence) expect(done).toContain(sequence);
  }
};

const partition = fc.constantFrom('acme#a', 'acme#b', 'zeta#a');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('write' as const), pk: partition, lag: fc.constantFrom(0, 0, 5_000, 60_000) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('ring' as const), pk: partition }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('ring twice' as const), pk: partition }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('sweep' as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), millis: fc.constantFrom(1_000, 60_000, 300_000) }) },
);

describe('a doorbell', () => {
  it('loses nothing, keeps the order of each partition, and never passes what failed, whatever step fails or crashes', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), mishaps, async (steps, plan) => {
        const on = world();
        const ring = (pk: string) => drain(on.draining(plan.next().value), table, pk).catch(() => undefined);
        for (const one of steps) {
          if (one.does === 'write') on.write(one.pk, one.lag);
          if (one.does === 'ring') await ring(one.pk);
          if (one.does === 'ring twice') await Promise.all([ring(one.pk), ring(one.pk)]);
          if (one.does === 'sweep') await sweep(on.draining(plan.next().value), table).catch(() => undefined);
          if (one.does === 'wait') on.clock.advance(one.millis);
          await holdsProgress(on);
        }
        // All is seen by now, and the sweep that comes every minute finds what no bell rang for.
        on.clock.advance(60_000);
        await sweep(on.draining(), table);
        for (const pk of ['acme#a', 'acme#b', 'zeta#a']) {
          const written = on.changes().filter(({ key }) => key.pk === pk);
          expect(firstTimes(on.handled, pk)).toEqual(written.map(({ sequence }) => sequence));
        }
        expect(keptAside(on)).toEqual([]);
      }),
      { numRuns: 300 },
    ));

  it('puts aside whole what fails ten drains in a row, and handles what lies behind it', async () => {
    const on = world();
    const [before, poison, behind] = [on.write('acme#a'), on.write('acme#a', 0, true), on.write('acme#a')];
    for (let times = 1; times < mostFailures; times++) {
      await expect(drain(on.draining(), table, 'acme#a')).rejects.toThrow('poison');
      expect((await on.progress.get(table, 'acme#a'))?.sequence).toBe(before.sequence);
      expect(on.objects.size).toBe(0);
    }
    await drain(on.draining(), table, 'acme#a');
    expect((await on.progress.get(table, 'acme#a'))?.sequence).toBe(behind.sequence);
    expect([...on.objects.values()].map((text) => JSON.parse(text))).toMatchObject([{ ...poison, table, reason: 'TypeError: poison' }]);
    expect(on.handled.at(-1)).toBe(`acme#a ${behind.sequence}`);
  });

  it('bears an outage of what consumes for longer', async () => {
    const on = world();
    on.write('acme#a');
    const consumers = new Map([[table, () => Promise.reject(new Rejected(failed('unavailable', 'cloud-unavailable', 'x')))]]);
    for (let times = 0; times < 100; times++)
      await expect(drain({ ...on.draining(), consumers }, table, 'acme#a')).rejects.toThrow('cloud-unavailable');
    expect(on.objects.size).toBe(0);
    await drain(on.draining(), table, 'acme#a');
    expect(on.handled).toHaveLength(1);
  });

  it('keeps what it puts aside before it passes it, whatever step fails', () =>
    fc.assert(
      fc.asyncProperty(mishaps, async (plan) => {
        const on = world();
        on.write('acme#a', 0, true);
        const last = on.write('acme#a');
        for (let times = 0; times < 60; times++) {
          await drain(on.draining(plan.next().value), table, 'acme#a').catch(() => undefined);
          await holdsProgress(on);
        }
        for (let times = 0; times < mostFailures; times++) await drain(on.draining(), table, 'acme#a').catch(() => undefined);
        expect(keptAside(on)).toEqual(['000001']);
        expect((await on.progress.get(table, 'acme#a'))?.sequence).toBe(last.sequence);
      }),
      { numRuns: 100 },
    ));

  it('drains more than one batch', async () => {
    const on = world();
    for (let n = 0; n < 250; n++) on.write('acme#a');
    await drain(on.draining(), table, 'acme#a');
    expect(on.handled).toHaveLength(250);
  });

  it('asks a sweep to come again where a drain failed, and tries every partition all the same', async () => {
    const on = world();
    on.write('acme#a', 0, true);
    on.write('acme#b');
    await expect(sweep(on.draining(), table)).rejects.toThrow('poison');
    expect(on.handled).toHaveLength(1);
    expect(await on.progress.get(table, '~sweep')).toBeUndefined();
  });

  it('does not ask a sweep to look at what changed long before the last', async () => {
    const on = world();
    on.write('acme#a');
    await sweep(on.draining(), table);
    on.clock.advance(600_000);
    await sweep(on.draining(), table);
    on.clock.advance(600_000);
    on.write('acme#b');
    const asked: string[] = [];
    const { doorbell, ...draining } = on.draining();
    const reading: Doorbell['reading'] = (name, pk) => {
      asked.push(pk);
      return doorbell.reading(name, pk);
    };
    await sweep({ ...draining, doorbell: { ...doorbell, reading } }, table);
    expect(new Set(asked)).toEqual(new Set(['acme#b']));
  });
});

it('a drain reads its partition as one reading, and the next drain as another', async () => {
  const on = world();
  for (let n = 0; n < 250; n++) on.write('acme#a');
  const draining = on.draining();
  const readings: string[] = [];
  const asked: number[] = [];
  const doorbell: Doorbell = {
    ...draining.doorbell,
    reading: (name, partition) => {
      const number = readings.push(partition);
      const read = draining.doorbell.reading(name, partition);
      return (...from) => {
        asked.push(number);
        return read(...from);
      };
    },
  };
  await drain({ ...draining, doorbell }, table, 'acme#a');
  expect(asked.length).toBeGreaterThan(2);
  await drain({ ...draining, doorbell }, table, 'acme#a');
  expect(readings).toEqual(['acme#a', 'acme#a']);
  expect(asked).toEqual([...asked.slice(0, -1).fill(1), 2]);
});
