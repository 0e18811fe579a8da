import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { type Aggregate, eventStore, type StreamId } from '../../domain/kernel/event-store.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { eventType } from '../../events/event.ts';
import { publisher } from './publish.ts';
import { testBus, testClock, testIds } from './test-serving.ts';

type Named = { readonly type: 'named'; readonly name: string; readonly secret: string };
const thing: Aggregate<{ names: number }, Named, Named> = {
  decider: { initial: { names: 0 }, decide: (command) => [command], evolve: ({ names }) => ({ names: names + 1 }) },
};
const named = eventType('things', 'named', 'A thing has a name', z.object({ name: z.string() }));
const of = (partition: string, stream: string): StreamId => ({ tenant: 'acme' as TenantId, partition, stream });

const world = () => {
  const table = inMemoryTable();
  const [bus, events] = [testBus(), eventStore(table, { clock: testClock(), ids: testIds() })];
  const name = (id: StreamId, text = 'a') =>
    events.handle(thing, id, { type: 'named', name: text, secret: 's' }, { by: { id: 'key:1' }, traceparent: '00-t' });
  return { table, bus, name, publish: (publishes = [named]) => publisher({ publishes }, bus)(table.changes()) };
};

describe('the publisher of a table', () => {
  it('tells a stored event in an envelope: whose, by whom, at which version and in which trace', async () => {
    const { bus, name, publish } = world();
    await name(of('thing#a', 'thing'));
    await publish();
    expect(bus.published).toEqual([
      {
        specversion: '1.0',
        id: 'id-1',
        source: 'urn:hybrid:things',
        type: 'ai.hybrid-platform.things.named.v1',
        subject: 'thing/a',
        time: '2026-11-21T12:00:00.000Z',
        datacontenttype: 'application/json',
        tenantid: 'acme',
        principal: 'key:1',
        sequence: '1',
        traceparent: '00-t',
        data: { name: 'a' },
      },
    ]);
  });

  it('names a stream within its partition', async () => {
    const { bus, name, publish } = world();
    await name(of('thing#a', 'part#b'));
    await publish();
    expect(bus.published[0]?.subject).toBe('thing/a/part/b');
  });

  it('keeps the order of the changes', async () => {
    const { bus, name, publish } = world();
    for (const text of ['a', 'b', 'c']) await name(of('thing#a', 'thing'), text);
    await publish();
    expect(bus.published.map(({ data, sequence }) => [data.name, sequence])).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ]);
  });

  it('says nothing of what is no event', async () => {
    const { table, bus, publish } = world();
    await table.put({ pk: 'acme#x', sk: 'y' });
    await publish();
    expect(bus.published).toEqual([]);
  });

  it('stops at an event that nobody declared', async () => {
    const { name, publish } = world();
    await name(of('thing#a', 'thing'));
    await expect(publish([])).rejects.toMatchObject({ failure: { code: 'event-undeclared' } });
  });
});
