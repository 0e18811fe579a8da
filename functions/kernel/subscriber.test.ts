import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { Decider } from '../../domain/kernel/decider.ts';
import { eventStore } from '../../domain/kernel/event-store.ts';
import { type Failure, failed } from '../../domain/kernel/failure.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { handleOnce } from './subscriber.ts';

type Counted = { readonly type: 'counted' };
const counter: Decider<number, 'count' | 'refuse', Counted, Failure> = {
  initial: 0,
  decide: (command) => (command === 'count' ? [{ type: 'counted' }] : failed('conflict', 'refused', 'no')),
  evolve: (state) => state + 1,
};
const stream = { tenant: 'acme' as TenantId, partition: 'counter#a', stream: 'counter' };

const start = () => {
  const table = inMemoryTable();
  let ids = 0;
  const store = eventStore(table, { clock: { now: () => new Date('2026-01-01T00:00:00.000Z') }, ids: { next: () => String(ids++) } });
  return { ...table, events: store };
};
const event = (id: string, source = 'urn:a'): CloudEvent => ({
  specversion: '1.0',
  id,
  source,
  type: 't',
  subject: 's',
  time: '2025-12-31T00:00:00.000Z',
  datacontenttype: 'application/json',
  tenantid: 'acme',
  principal: 'key:ada',
  sequence: '1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: {},
});

describe('an event', () => {
  it('changes an aggregate once, however often it is delivered', async () => {
    const records = start();
    const outcomes = await Promise.all([1, 2, 3].map(() => handleOnce(event('1'), records, [{ decider: counter }, stream, 'count'])));
    expect(outcomes.filter((outcome) => outcome !== undefined)).toHaveLength(1);
    expect((await records.events.read({ decider: counter }, stream)).state).toBe(1);
  });
  it('is another one where its source or its id is', async () => {
    const records = start();
    for (const one of [event('1'), event('2'), event('1', 'urn:b')])
      await handleOnce(one, records, [{ decider: counter }, stream, 'count']);
    expect((await records.events.read({ decider: counter }, stream)).state).toBe(3);
  });
  it('says whose change it is and goes on with its trace', async () => {
    const handled = await handleOnce(event('1'), start(), [{ decider: counter }, stream, 'count']);
    expect(handled?.events).toMatchObject([{ by: 'key:ada', traceparent: event('1').traceparent }]);
  });
  it('is remembered for seven days', async () => {
    const records = start();
    await handleOnce(event('1'), records, [{ decider: counter }, stream, 'count']);
    expect(await records.get({ pk: 'acme#counter#a', sk: 'seen#urn:a#1' })).toMatchObject({ expiresAt: Date.UTC(2026, 0, 8) / 1000 });
  });
  it('is delivered again where its command fails', async () => {
    await expect(handleOnce(event('1'), start(), [{ decider: counter }, stream, 'refuse'])).rejects.toMatchObject({
      failure: { code: 'refused' },
    });
  });
});
