import { describe, expect, it } from 'vitest';
import { grant } from './grants.ts';

const table = { get: async () => 'item', put: async () => 'written', events: { read: async () => 'state', handle: async () => 'handled' } };
const ports = { table, other: { get: async () => 'other' }, clock: { now: () => 'now' }, settled: async () => 'settled' };

describe('a grant', () => {
  it('hands over the verbs that were declared', async () => {
    expect(await grant(ports, { table: ['read'] }).table.get()).toBe('item');
  });

  it('refuses the others', async () => {
    await expect(grant(ports, { table: ['read'] }).table.put()).rejects.toMatchObject({ failure: { code: 'not-granted' } });
  });

  it('holds for the event store of a table too', async () => {
    const { events } = grant(ports, { table: ['read'] }).table;
    expect(await events.read()).toBe('state');
    await expect(events.handle()).rejects.toMatchObject({ failure: { code: 'not-granted' } });
  });

  it('lets append change what the table and its event store hold', async () => {
    const granted = grant(ports, { table: ['append'] }).table;
    expect([await granted.put(), await granted.events.handle()]).toEqual(['written', 'handled']);
    await expect(granted.get()).rejects.toMatchObject({ failure: { code: 'not-granted' } });
  });

  it('does not show a resource that was not declared', () => {
    expect(grant(ports, { table: ['read'] }).other).toBeUndefined();
  });

  it('leaves the clock and what else is no resource to everyone', async () => {
    const granted = grant(ports, {});
    expect([granted.clock.now(), await granted.settled()]).toEqual(['now', 'settled']);
  });
});
