import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Aggregate,
  appendLimits,
  type EventStore,
  eventStore,
  partitionKey,
  recordedEvent,
  type StreamId,
} from '../../domain/kernel/event-store.ts';
import { type Failure, failed, isFailure } from '../../domain/kernel/failure.ts';
import type { Ids } from '../../domain/kernel/ids.ts';
import type { Item, Table, TableDeclaration } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import type { SettableClock } from './harness.ts';
import { proofsOf } from './proof.ts';

export type EventStoreHarness = {
  table(declaration: TableDeclaration): Promise<Table>;
  readonly clock: SettableClock;
  readonly ids: Ids;
  dispose(): Promise<void>;
};

type Account = { readonly balance: number; readonly holder: string; readonly memo?: string };
type Command =
  | { readonly type: 'deposit'; readonly amount: number; readonly times?: number; readonly memo?: string }
  | { readonly type: 'withdraw'; readonly amount: number }
  | { readonly type: 'nothing' };
type Deposited = { readonly type: 'deposited'; readonly amount: number; readonly memo?: string };
type Withdrawn = { readonly type: 'withdrawn'; readonly amount: number };

const account: Aggregate<Account, Command, Deposited | Withdrawn, Failure<'overdrawn'>> = {
  decider: {
    initial: { balance: 0, holder: 'ada' },
    decide(command, state) {
      if (command.type === 'nothing') return [];
      if (command.type === 'withdraw')
        return state.balance < command.amount
          ? failed('conflict', 'overdrawn', 'Not enough there.')
          : [{ type: 'withdrawn', amount: command.amount }];
      const memo = command.memo === undefined ? {} : { memo: command.memo };
      return Array.from({ length: command.times ?? 1 }, () => ({ type: 'deposited', amount: command.amount, ...memo }));
    },
    evolve: (state, event) => ({ ...state, balance: state.balance + (event.type === 'deposited' ? event.amount : -event.amount) }),
  },
  attributes: (state) => ({ holder: state.holder, standing: state.balance > 0 ? 'plus' : undefined }),
  timeline: ({ tenant }) => `${tenant}#accounts`,
};

/** An account that keeps its memo, and so may grow too large. */
const hoarder: typeof account = {
  ...account,
  decider: {
    ...account.decider,
    evolve: (state, event) => ({ ...state, memo: `${state.memo ?? ''}${event.type === 'deposited' ? (event.memo ?? '') : ''}` }),
  },
};

const declaration = {
  indexes: { timeline: { partition: 'timeline', sort: 'moment' }, byStanding: { partition: 'standing', sort: 'holder' } },
} as const satisfies TableDeclaration;

const id: StreamId = { tenant: 'acme' as TenantId, partition: 'account#1', stream: 'account' };
const by = { id: 'key:ada' };
const deposit = (amount: number): Command => ({ type: 'deposit', amount });

/** What the event store is on a table, whatever that is made of. */
export const eventStoreConformance = (name: string, makeHarness: () => Promise<EventStoreHarness>): void => {
  describe(`the event store on the table of ${name}`, () => {
    const { observed } = proofsOf('EventStore', name);
    let harness: EventStoreHarness;
    let table: Table;
    let store: EventStore;
    beforeEach(async () => {
      harness = await makeHarness();
      table = await harness.table(declaration);
      store = observed(eventStore(table, harness));
    });
    afterEach(() => harness.dispose());

    const handle = (command: Command, options = {}, stream = id) => store.handle(account, stream, command, { by, ...options });
    const everything = async (): Promise<readonly Item[]> => (await table.query(partitionKey(id))).items;

    it('is at version 0 in the initial state before anything happened', async () => {
      expect(await store.read(account, id)).toEqual({ state: account.decider.initial, version: 0 });
    });
    it('appends events and reads the state that they lead to', async () => {
      await handle(deposit(5));
      expect(await handle({ type: 'withdraw', amount: 2 })).toMatchObject({
        version: 2,
        events: [{ version: 2, event: { type: 'withdrawn', amount: 2 } }],
      });
      expect(await store.read(account, id)).toEqual({ state: { balance: 3, holder: 'ada' }, version: 2 });
    });
    it('answers with the failure that was decided and writes nothing', async () => {
      expect(await handle({ type: 'withdraw', amount: 1 })).toMatchObject({ code: 'overdrawn' });
      expect(await everything()).toEqual([]);
    });
    it('writes nothing where nothing was decided', async () => {
      expect(await handle({ type: 'nothing' })).toEqual({ state: account.decider.initial, version: 0, events: [] });
      expect(await everything()).toEqual([]);
    });
    it('appends at the expected version only', async () => {
      expect(await handle(deposit(1), { expectedVersion: 1 })).toMatchObject({ failure: 'precondition-failed', code: 'version-mismatch' });
      expect(await handle(deposit(1), { expectedVersion: 0 })).toMatchObject({ version: 1 });
      expect(await handle(deposit(1), { expectedVersion: 0 })).toMatchObject({ code: 'version-mismatch' });
    });
    it('lets exactly one of 50 writers that expect the same version win', async () => {
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => handle(deposit(1), { expectedVersion: 0 })));
      expect(outcomes.filter((outcome) => !isFailure(outcome))).toHaveLength(1);
      expect((await store.read(account, id)).version).toBe(1);
    });
    it('lands all of 64 writers on one stream that expect no version', async () => {
      const outcomes = await Promise.all(Array.from({ length: 64 }, () => handle(deposit(1))));
      expect(outcomes.filter(isFailure)).toEqual([]);
      expect(await store.read(account, id)).toMatchObject({ state: { balance: 64 }, version: 64 });
      expect((await store.history(id)).events.map(({ version }) => version)).toEqual(Array.from({ length: 64 }, (_, n) => n + 1));
    });
    it('lands the writers of two stores on one table, which know nothing of each other', async () => {
      const other = eventStore(table, harness);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? store : other).handle(account, id, deposit(1), { by })),
      );
      expect(outcomes.filter(isFailure)).toEqual([]);
      expect((await store.read(account, id)).version).toBe(20);
    });
    it('does not let a race overdraw', async () => {
      await handle(deposit(3));
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => handle({ type: 'withdraw', amount: 1 })));
      expect(outcomes.filter(isFailure)).toHaveLength(7);
      expect((await store.read(account, id)).state.balance).toBe(0);
    });

    it('tells the history of one stream, page by page, with who, when and from where', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await handle(deposit(1), { traceparent });
      harness.clock.advance(60);
      await handle({ type: 'deposit', amount: 2, times: 2 });
      const first = await store.history(id, { limit: 2 });
      const second = await store.history(id, { limit: 2, cursor: first.next ?? '' });
      expect(first.events[0]).toEqual({
        id: expect.any(String),
        stream: 'account',
        version: 1,
        at: '2026-11-01T12:00:00.000Z',
        by: 'key:ada',
        traceparent,
        event: { type: 'deposited', amount: 1 },
      });
      expect([...first.events, ...second.events].map(({ version, at }) => [version, at])).toEqual([
        [1, '2026-11-01T12:00:00.000Z'],
        [2, '2026-11-01T12:01:00.000Z'],
        [3, '2026-11-01T12:01:00.000Z'],
      ]);
      expect(second.next).toBeNull();
      expect(new Set([...first.events, ...second.events].map((recorded) => recorded.id)).size).toBe(3);
    });
    it('keeps apart streams of which one has a name that the other begins with', async () => {
      const neighbours = ['account#5', 'account#x', 'account#0000000001'].map((stream) => ({ ...id, stream }));
      await handle(deposit(1));
      for (const neighbour of neighbours) await handle(deposit(100), {}, neighbour);
      expect((await store.history(id)).events.map(({ stream }) => stream)).toEqual(['account']);
      expect((await store.stateAt(account, id, harness.clock.now())).state.balance).toBe(1);
    });
    it('knows the state at any moment', async () => {
      const before = harness.clock.now();
      harness.clock.advance(10);
      await handle(deposit(5));
      const between = harness.clock.now();
      harness.clock.advance(10);
      await handle(deposit(7));
      expect(await store.stateAt(account, id, before)).toMatchObject({ version: 0, state: { balance: 0 } });
      expect(await store.stateAt(account, id, between)).toMatchObject({ version: 1, state: { balance: 5 } });
      expect(await store.stateAt(account, id, harness.clock.now())).toMatchObject({ version: 2, state: { balance: 12 } });
    });
    it('puts the events of many streams on one timeline, in the order in which they happened', async () => {
      for (const partition of ['account#2', 'account#1', 'account#2']) {
        await handle(deposit(1), {}, { ...id, partition });
        harness.clock.advance(1);
      }
      const { events } = await store.timeline('acme#accounts');
      expect(events.map(({ at }) => at.slice(17, 19))).toEqual(['00', '01', '02']);
      const newest = await store.timeline('acme#accounts', { limit: 1, descending: true });
      expect(newest.events.map(({ at }) => at.slice(17, 19))).toEqual(['02']);
    });
    it('lists the states of a partition and of an index', async () => {
      for (const stream of ['savings', 'salary', 'rent']) await handle(deposit(1), {}, { ...id, stream });
      expect((await store.states<Account>(id, 'sa')).states).toHaveLength(2);
      expect((await store.statesByIndex<Account>('byStanding', 'plus', {}, 'ad')).states).toHaveLength(3);
      await handle({ type: 'withdraw', amount: 1 }, {}, { ...id, stream: 'rent' });
      expect((await store.statesByIndex<Account>('byStanding', 'plus')).states).toHaveLength(2);
    });
    it('gives an event back from the item that a change stream delivers, and nothing from a state', async () => {
      await handle(deposit(4));
      const told = (await everything()).map(recordedEvent).filter((recorded) => recorded !== undefined);
      expect(told).toMatchObject([
        { tenant: 'acme', partition: 'account#1', stream: 'account', version: 1, event: { type: 'deposited', amount: 4 } },
      ]);
    });

    it('takes 25 events an append and refuses 26', async () => {
      expect(await handle({ type: 'deposit', amount: 1, times: appendLimits.events })).toMatchObject({ version: 25 });
      expect(await handle({ type: 'deposit', amount: 1, times: appendLimits.events + 1 })).toMatchObject({
        failure: 'too-large',
        code: 'too-many-events',
      });
      expect((await store.read(account, id)).version).toBe(25);
    });
    it('refuses an event of more than 256 KB', async () => {
      const memo = (bytes: number): Command => ({ type: 'deposit', amount: 1, memo: 'x'.repeat(bytes) });
      expect(await handle(memo(appendLimits.bytes))).toMatchObject({ failure: 'too-large', code: 'event-too-large' });
      expect(await handle(memo(appendLimits.bytes - 100))).toMatchObject({ version: 1 });
    });
    it('refuses a state of more than 256 KB', async () => {
      const memo: Command = { type: 'deposit', amount: 1, memo: 'x'.repeat(appendLimits.bytes / 2) };
      expect(await store.handle(hoarder, id, memo, { by })).toMatchObject({ version: 1 });
      expect(await store.handle(hoarder, id, memo, { by })).toMatchObject({ failure: 'too-large', code: 'state-too-large' });
      expect((await store.read(hoarder, id)).version).toBe(1);
    });

    it('writes what belongs beside the change in its transaction', async () => {
      const seen = { pk: partitionKey(id), sk: 'seen#event-1' };
      const alongside = () => [{ type: 'put', item: seen, if: 'absent' } as const];
      expect(await handle(deposit(1), { alongside })).toMatchObject({ version: 1 });
      expect(await table.get(seen)).toEqual(seen);
      expect(await handle(deposit(1), { alongside })).toMatchObject({ failure: 'conflict', code: 'alongside-conflict' });
      expect((await store.read(account, id)).version).toBe(1);
      expect((await store.history(id)).events).toHaveLength(1);
    });
    it('writes what belongs beside a command of which no event came', async () => {
      const seen = { pk: partitionKey(id), sk: 'seen#event-1' };
      await handle({ type: 'nothing' }, { alongside: () => [{ type: 'put', item: seen, if: 'absent' }] });
      expect(await everything()).toEqual([seen]);
    });
  });
};
