import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { EventBus, EventHandler, Subscriber } from '../../domain/kernel/event-bus.ts';
import type { DeadLetters, QueuePolicy } from '../../domain/kernel/queue.ts';
import { eventually, rejection } from './harness.ts';
import { proofsOf } from './proof.ts';
import { saidOf } from './queue.ts';
import { semanticsOf, type Target } from './semantics.ts';

export type RunningBus = EventBus & { stop(): Promise<void> };

export type EventBusHarness = {
  /** A bus with these subscribers, delivering; called again it stands for the next process, on what the one before has left. */
  bus(subscriptions: readonly { readonly subscriber: Subscriber; readonly handler: EventHandler }[]): Promise<RunningBus>;
  readonly deadLetters: () => DeadLetters;
  dispose(): Promise<void>;
};

const event = (id: string, type = 'model-deployed'): CloudEvent => ({
  specversion: '1.0',
  id,
  source: '/models',
  type,
  subject: 'digits',
  time: '2026-11-01T12:00:00.000Z',
  datacontenttype: 'application/json',
  tenantid: 'acme',
  principal: 'key:ada',
  sequence: '1',
  data: { name: 'digits' },
});

/** What every event bus does. Times are real and short. */
export const eventBusConformance = (target: Target, makeHarness: () => Promise<EventBusHarness>): void => {
  describe(`the event bus of ${target}`, () => {
    const { observed } = proofsOf('EventBus', target);
    const { observed: observedLetters } = proofsOf('DeadLetters', target);
    const { eventBus, queue } = semanticsOf(target);
    const attempts = Math.max(3, queue.leastAttempts);
    const policy: QueuePolicy = { attempts, visibilitySeconds: 30, batchSize: 10, backoff: { baseSeconds: 0.01, maxSeconds: 0.03 } };
    const subscriber = (name: string, types: readonly string[] | '*' = '*'): Subscriber => ({ name, filter: { types }, policy });
    let harness: EventBusHarness;
    beforeEach(async () => {
      const made = await makeHarness();
      harness = {
        ...made,
        bus: async (subscriptions) => observed(await made.bus(subscriptions)),
        deadLetters: () => observedLetters(made.deadLetters()),
      };
    });
    afterEach(() => harness.dispose());

    const collect =
      (into: CloudEvent[]): EventHandler =>
      async (one) =>
        void into.push(one);
    const idsOf = (events: readonly CloudEvent[]) => events.map(({ id }) => id).sort();
    const broken: EventHandler = async () => {
      throw new TypeError('it is broken');
    };

    it('delivers an event whole to every subscriber that asks for its type, and to no other', async () => {
      const [all, exact, other]: CloudEvent[][] = [[], [], []];
      const bus = await harness.bus([
        { subscriber: subscriber('all'), handler: collect(all ?? []) },
        { subscriber: subscriber('exact', ['model-deployed', 'x']), handler: collect(exact ?? []) },
        { subscriber: subscriber('other', ['model']), handler: collect(other ?? []) },
      ]);
      await bus.publish([event('1'), event('2', 'tenant-created')]);
      await eventually(() => all?.length === 2 && exact?.length === 1);
      expect(exact).toEqual([event('1')]);
      expect(idsOf(all ?? [])).toEqual(['1', '2']);
      expect(other).toEqual([]);
    });
    it('delivers again to the subscriber that threw, and only to that one', async () => {
      const tried: string[] = [];
      const calm: CloudEvent[] = [];
      const bus = await harness.bus([
        { subscriber: subscriber('calm'), handler: collect(calm) },
        {
          subscriber: subscriber('nervous'),
          handler: async ({ id }) => {
            tried.push(id);
            if (tried.length < 3) throw new TypeError('not yet');
          },
        },
      ]);
      await bus.publish([event('1')]);
      await eventually(() => tried.length === 3);
      expect(idsOf(calm)).toEqual(['1']);
    });
    it('does not hold an event up for another that fails', async () => {
      const seen: CloudEvent[] = [];
      const bus = await harness.bus([
        { subscriber: subscriber('picky'), handler: async (one) => (one.id === 'bad' ? broken(one) : collect(seen)(one)) },
      ]);
      await bus.publish([event('bad'), event('1'), event('2')]);
      await eventually(() => seen.length === 2);
      expect(idsOf(seen)).toEqual(['1', '2']);
    });
    it('makes a dead letter of what a subscriber gave up, of the event’s tenant, and sends it again to that subscriber alone', async () => {
      const seen: CloudEvent[] = [];
      const calm: CloudEvent[] = [];
      let fails = true;
      const bus = await harness.bus([
        { subscriber: subscriber('calm'), handler: collect(calm) },
        { subscriber: subscriber('frail'), handler: async (one) => (fails ? broken(one) : collect(seen)(one)) },
      ]);
      await bus.publish([event('1')]);
      const letters = async () => (await harness.deadLetters().list({ tenant: 'acme' })).items;
      await eventually(async () => (await letters()).length === 1);
      const [letter] = await letters();
      expect(letter).toMatchObject({ source: 'frail', tenant: 'acme', attempts, body: event('1') });
      expect(letter?.reason).toMatch(saidOf(queue.reason));
      fails = false;
      expect(await harness.deadLetters().redrive(letter?.id ?? '')).toBe(true);
      await eventually(() => seen.length === 1);
      expect(idsOf(calm)).toEqual(['1']);
    });
    it('delivers after a restart what was acknowledged before it', async () => {
      const before = await harness.bus([{ subscriber: subscriber('frail'), handler: broken }]);
      await before.stop();
      await before.publish([event('1'), event('2')]);
      const seen: CloudEvent[] = [];
      await harness.bus([{ subscriber: subscriber('frail'), handler: collect(seen) }]);
      await eventually(() => seen.length === 2);
      expect(idsOf(seen)).toEqual(['1', '2']);
    });
    it('lets a handler publish', async () => {
      const seen: CloudEvent[] = [];
      const bus: RunningBus = await harness.bus([
        { subscriber: subscriber('first', ['a']), handler: async ({ id }) => bus.publish([event(`${id}-next`, 'b')]) },
        { subscriber: subscriber('second', ['b']), handler: collect(seen) },
      ]);
      await bus.publish([event('1', 'a')]);
      await eventually(() => seen.length === 1);
      expect(idsOf(seen)).toEqual(['1-next']);
    });
    it('takes an event that nobody asks for, and no events', async () => {
      const bus = await harness.bus([]);
      await bus.publish([event('1')]);
      await bus.publish([]);
      expect((await harness.deadLetters().list({})).items).toEqual([]);
    });
    const large = { ...event('large'), data: { text: 'x'.repeat(256 * 1024) } };
    it.runIf(eventBus.largeEvent !== 'refused')('delivers an event of more than 256 KB whole', async () => {
      const seen: CloudEvent[] = [];
      const bus = await harness.bus([{ subscriber: subscriber('all'), handler: collect(seen) }]);
      await bus.publish([event('1'), large]);
      await eventually(() => seen.length === 2);
      expect(seen.find(({ id }) => id === 'large')).toEqual(large);
    });
    it.runIf(eventBus.largeEvent === 'refused')('publishes all of a call or nothing', async () => {
      const seen: CloudEvent[] = [];
      const bus = await harness.bus([{ subscriber: subscriber('all'), handler: collect(seen) }]);
      expect(await rejection(bus.publish([event('1'), large]))).toEqual({ failure: 'too-large', code: 'message-too-large' });
      await bus.publish([event('2')]);
      await eventually(() => seen.length > 0);
      expect(idsOf(seen)).toEqual(['2']);
    });
  });
};
