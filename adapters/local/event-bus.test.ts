import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { eventBusConformance } from '../conformance/event-bus.ts';
import { systemClock } from '../system/system-clock.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { localDeadLetters } from './dead-letters.ts';
import { type LocalEventBus, localEventBus } from './event-bus.ts';
import { temporaryStore } from './test-store.ts';

const options = { clock: systemClock, ids: ulidIds() };

eventBusConformance('the laptop', async () => {
  const temporary = temporaryStore(systemClock);
  let running: LocalEventBus | undefined;
  return {
    async bus(subscriptions) {
      if (running !== undefined) {
        await running.stop();
        await temporary.reopen();
      }
      running = localEventBus(temporary.store(), subscriptions, options);
      running.start();
      return running;
    },
    deadLetters: () => localDeadLetters(temporary.store(), options),
    async dispose() {
      await running?.stop();
      await temporary.dispose();
    },
  };
});

describe('the event bus on the laptop', () => {
  let temporary: ReturnType<typeof temporaryStore>;
  beforeEach(() => {
    temporary = temporaryStore(systemClock);
  });
  afterEach(() => temporary.dispose());

  it('is idle only when what handlers published is handled too', async () => {
    const policy = { attempts: 3, visibilitySeconds: 30, batchSize: 1, backoff: { baseSeconds: 0.01, maxSeconds: 0.02 } };
    const event = (n: number): CloudEvent => ({
      specversion: '1.0',
      id: `${n}`,
      source: '/x',
      type: n % 2 ? 'odd' : 'even',
      subject: 's',
      time: '2026-11-01T12:00:00.000Z',
      datacontenttype: 'application/json',
      tenantid: 'acme',
      principal: 'p',
      sequence: '1',
      data: { n },
    });
    const handled: number[] = [];
    const handler = async ({ data }: CloudEvent) => {
      const n = Number(data.n);
      handled.push(n);
      if (n < 9) await bus.publish([event(n + 1)]);
    };
    const subscriptions = ['odd', 'even'].map((type) => ({ subscriber: { name: type, filter: { types: [type] }, policy }, handler }));
    const bus: LocalEventBus = localEventBus(temporary.store(), subscriptions, options);
    bus.start();
    await bus.publish([event(0)]);
    await bus.idle();
    await bus.stop();
    expect(handled).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
