import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import type { CloudEvent } from '../../../domain/kernel/cloud-event.ts';
import { context, type EventDeclaration } from '../../kernel/context.ts';
import type { BoundContext } from '../bound-context.ts';
import { eventsFunction } from './events-function.ts';
import { batchOf, calledWith, envelope, messageOf, queueArn, testLambda } from './test-cloud.ts';

const made = { name: 'made', type: 'made.v1' } as EventDeclaration;
const gone = { name: 'gone', type: 'gone.v1' } as EventDeclaration;
const things = context('things', {
  describes: 'Things',
  subscribers: {
    'thing-made': { to: [made], attempts: 8, uses: {} },
    'every-thing': { to: '*', attempts: 8, uses: {} },
  },
});
const event = (type: string, id = '1'): CloudEvent => ({
  ...{ specversion: '1.0', datacontenttype: 'application/json', source: 'urn:hybrid:things', subject: 's', sequence: '1' },
  ...{ id, type, time: '2026-11-21T12:00:00.000Z', tenantid: 'acme', principal: 'p', data: {} },
});

const all = { queue: ['things.thing-made', 'things.every-thing'], 'queue-of-one': ['things.thing-made'] };
const world = (subscriptions: object = all) => {
  const heard: string[] = [];
  const broken = new Set<string>();
  const hear =
    (name: string) =>
    async ({ id }: CloudEvent) => {
      if (broken.has(name)) throw new TypeError(`${name} is broken`);
      heard.push(`${name} ${id}`);
    };
  const bound: readonly BoundContext[] = [
    { declaration: things as never, subscribers: { 'thing-made': hear('thing-made'), 'every-thing': hear('every-thing') } },
  ];
  const lambda = testLambda(() => inMemoryTable(), { HYBRID_SUBSCRIPTIONS: JSON.stringify(subscriptions) });
  return { ...lambda, heard, broken, handle: eventsFunction(bound, lambda) };
};

describe('a function of events', () => {
  it('tells every subscriber of the queue that an event is for', async () => {
    const { handle, heard } = world();
    const batch = batchOf(messageOf('queue', 'a', envelope(event(made.type))), messageOf('queue', 'b', envelope(event(gone.type, '2'))));
    expect(await handle(batch, calledWith())).toEqual({ batchItemFailures: [] });
    expect(heard.sort()).toEqual(['every-thing 1', 'every-thing 2', 'thing-made 1']);
  });

  it('tells only those who have this queue', async () => {
    const { handle, heard } = world();
    await handle(batchOf(messageOf('queue-of-one', 'a', envelope(event(made.type)))), calledWith());
    expect(heard).toEqual(['thing-made 1']);
  });

  it('fetches what an event only refers to', async () => {
    const { cloud, heard, ...lambda } = world();
    const eventOf = async () => event(made.type, 'fetched');
    const bound = [{ declaration: things as never, subscribers: { 'thing-made': async ({ id }: CloudEvent) => void heard.push(id) } }];
    const handle = eventsFunction(bound, {
      ...lambda,
      environment: { HYBRID_SUBSCRIPTIONS: '{"q": ["things.thing-made"]}' },
      cloud: { ...cloud, eventOf },
    });
    await handle(batchOf(messageOf('q', 'a', envelope(event(made.type)))), calledWith());
    expect(heard).toEqual(['fetched']);
  });

  it('names what failed, whoever of the subscribers it was, and lets the others hear it', async () => {
    const { handle, heard, broken, log } = world();
    broken.add('thing-made');
    const batch = batchOf(messageOf('queue', 'a', envelope(event(made.type))), messageOf('queue', 'b', envelope(event(gone.type, '2'))));
    expect(await handle(batch, calledWith())).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }] });
    expect(heard.sort()).toEqual(['every-thing 1', 'every-thing 2']);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { message_id: 'a', attempt: 1 } }]);
  });

  it('makes what failed wait the longer the oftener it did, with full jitter', async () => {
    const { handle, broken, deeds } = world();
    broken.add('every-thing');
    for (let count = 0; count < 200; count++)
      await handle(
        batchOf(messageOf('queue', 'a', envelope(event(gone.type)), 1), messageOf('queue', 'b', envelope(event(gone.type)), 5)),
        calledWith(),
      );
    const secondsOf = (receipt: string) => deeds.postponed.filter((one) => one.receipt === receipt).map(({ seconds }) => seconds);
    expect(deeds.postponed[0]?.queue).toBe(queueArn('queue'));
    expect(Math.max(...secondsOf('receipt-a'))).toBe(1);
    expect(Math.max(...secondsOf('receipt-b'))).toBeGreaterThan(8);
    expect(Math.max(...secondsOf('receipt-b'))).toBeLessThanOrEqual(16);
  });

  it('reports what failed also where it cannot make it wait', async () => {
    const { handle, broken, cloud } = world();
    broken.add('every-thing');
    Object.assign(cloud, { postpone: () => Promise.reject(new TypeError('throttled')) });
    const outcome = await handle(batchOf(messageOf('queue', 'a', envelope(event(gone.type)))), calledWith());
    expect(outcome.batchItemFailures).toHaveLength(1);
  });

  it('fails what is no event', async () => {
    const { handle, cloud } = world();
    Object.assign(cloud, {
      eventOf: async (detail: unknown) => (detail === undefined ? Promise.reject(new TypeError('no event')) : detail),
    });
    const outcome = await handle(batchOf(messageOf('queue', 'a', 'no json'), messageOf('queue', 'b', '{}')), calledWith());
    expect(outcome.batchItemFailures).toHaveLength(2);
  });

  it('fails the batch of a queue that nobody here has, and does not start with a subscriber that is none', async () => {
    const outcome = await world({}).handle(batchOf(messageOf('queue', 'a', envelope(event(made.type)))), calledWith());
    expect(outcome.batchItemFailures).toHaveLength(1);
    expect(() => world({ queue: ['things.no-one'] })).toThrow('unknown-subscriber');
  });
});
