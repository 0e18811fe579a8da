import type { Clock } from './clock.ts';
import { type Decider, type DomainEvent, replay } from './decider.ts';
import { type Failure, failed, isFailure, Rejected } from './failure.ts';
import type { Ids } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { Item, Key, Page, Table, Write } from './table.ts';
import type { Principal, TenantId } from './tenancy.ts';

/** Where a stream lives: streams of one partition can be read together and written in one transaction, e.g. `model#digits` with `alias#champion`. */
export type StreamId = { readonly tenant: TenantId; readonly partition: string; readonly stream: string };

export const partitionKey = (id: Pick<StreamId, 'tenant' | 'partition'>): string => `${id.tenant}#${id.partition}`;

/**
 * An aggregate type: its decider, and what of its state is indexed. `attributes` gives the string attributes of the state's item that the
 * table's declared indexes read (undefined ones are left out). `timeline` puts its events on the table's index `timeline`, ordered by time.
 */
export type Aggregate<State, Command, Event extends DomainEvent, Fail extends Failure = Failure> = {
  readonly decider: Decider<State, Command, Event, Fail>;
  readonly attributes?: (state: State, id: StreamId) => { readonly [attribute: string]: string | undefined };
  readonly timeline?: (id: StreamId) => string;
};

export type Recorded<Event extends DomainEvent = DomainEvent> = {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly traceparent?: string;
  readonly event: Event;
};

export type Versioned<State> = { readonly state: State; readonly version: number };
export type Handled<State, Event extends DomainEvent> = Versioned<State> & { readonly events: readonly Recorded<Event>[] };

export type HandleOptions<State, Event extends DomainEvent> = {
  readonly by: Pick<Principal, 'id'>;
  readonly traceparent?: string;
  /** Only this version may be changed; otherwise `version-mismatch`. Without it a lost race is decided again on the newer state. */
  readonly expectedVersion?: number;
  /** More writes for the same transaction and partition: a record of idempotency, of an event seen, a check on a neighbour stream. Asked also where no event came of the command. */
  readonly alongside?: (outcome: Handled<State, Event>) => readonly Write[];
};

export type AppendFailure = Failure<
  'version-mismatch' | 'contention' | 'too-many-events' | 'state-too-large' | 'event-too-large' | 'alongside-conflict'
>;

export const appendLimits = { events: 25, bytes: 256 * 1024 } as const;
const attemptsWithoutExpectation = 50;

const stateKey = (stream: string): string => `state#${stream}`;

/** Where the current state of a stream is kept: what a `check` on a neighbour stream names. */
export const stateItem = (id: StreamId): Key => ({ pk: partitionKey(id), sk: stateKey(id.stream) });

const eventKey = (stream: string, version: number): string => `event#${stream}#${String(version).padStart(10, '0')}`;

/** Bounds of one stream's events. Streams whose names go on after a `#` may lie between them: `isOf` leaves them out. */
const eventRange = (stream: string) => ({ from: eventKey(stream, 0), to: eventKey(stream, lastVersion) });
const lastVersion = 9_999_999_999;
const isOf =
  (stream: string) =>
  (item: Item): boolean =>
    isEventItem(item) && item.stream === stream;

const isEventItem = (item: Item): boolean => item.kind === 'event';

/** The event of a change to a table, where the change is an event. */
export const recordedEvent = (item: Item): (Recorded & { readonly tenant: string; readonly partition: string }) | undefined => {
  if (!isEventItem(item)) return undefined;
  const separator = item.pk.indexOf('#');
  return { ...fromItem(item), tenant: item.pk.slice(0, separator), partition: item.pk.slice(separator + 1) };
};

const fromItem = <Event extends DomainEvent>(item: Item): Recorded<Event> => ({
  id: item.id as string,
  stream: item.stream as string,
  version: item.version as number,
  at: item.at as string,
  by: item.by as string,
  ...(item.traceparent === undefined ? {} : { traceparent: item.traceparent as string }),
  event: item.event as unknown as Event,
});

const bytes = (value: Json): number => new TextEncoder().encode(JSON.stringify(value)).length;

/**
 * Event-sourced aggregates on a `Table`: an append is one single-partition transaction of the new events and the current state, guarded by
 * the expected version, so that reading an aggregate is one get, and history and state cannot disagree.
 */
export type EventStore = {
  read<S, C, E extends DomainEvent, F extends Failure>(aggregate: Aggregate<S, C, E, F>, id: StreamId): Promise<Versioned<S>>;
  handle<S, C, E extends DomainEvent, F extends Failure>(
    aggregate: Aggregate<S, C, E, F>,
    id: StreamId,
    command: C,
    options: HandleOptions<S, E>,
  ): Promise<Handled<S, E> | F | AppendFailure>;
  /** A stream's events, oldest first. */
  history<E extends DomainEvent>(
    id: StreamId,
    page?: Page,
  ): Promise<{ readonly events: readonly Recorded<E>[]; readonly next: string | null }>;
  /** The events of many streams on one timeline, oldest first (or newest, with `descending`). */
  timeline<E extends DomainEvent>(
    timeline: string,
    page?: Page,
  ): Promise<{ readonly events: readonly Recorded<E>[]; readonly next: string | null }>;
  /** What the state was at a moment: of all events up to and including it. */
  stateAt<S, C, E extends DomainEvent, F extends Failure>(aggregate: Aggregate<S, C, E, F>, id: StreamId, at: Date): Promise<Versioned<S>>;
  /** Current states of the streams of one partition whose name begins with `prefix` (strong), by name. */
  states<S>(
    partition: Pick<StreamId, 'tenant' | 'partition'>,
    prefix: string,
    page?: Page,
  ): Promise<{ readonly states: readonly Versioned<S>[]; readonly next: string | null }>;
  /** Current states by a declared index (may lag). */
  statesByIndex<S>(
    index: string,
    partition: string,
    page?: Page,
    prefix?: string,
  ): Promise<{ readonly states: readonly Versioned<S>[]; readonly next: string | null }>;
};

export const eventStore = (table: Table, { clock, ids }: { readonly clock: Clock; readonly ids: Ids }): EventStore => {
  const read: EventStore['read'] = async (aggregate, id) => {
    const item = await table.get({ pk: partitionKey(id), sk: stateKey(id.stream) });
    return item === undefined ? { state: aggregate.decider.initial, version: 0 } : versioned(item);
  };

  const lanes = new Map<string, Promise<unknown>>();

  /** Writers of one stream in one process wait for each other instead of losing races to each other; against other processes the version guards. */
  const inLane = async <T>(lane: string, work: () => Promise<T>): Promise<T> => {
    const before = lanes.get(lane);
    const turn = before === undefined ? work() : before.then(work, work);
    lanes.set(lane, turn);
    try {
      return await turn;
    } finally {
      if (lanes.get(lane) === turn) lanes.delete(lane);
    }
  };

  const handle: EventStore['handle'] = (aggregate, id, command, options) =>
    options.expectedVersion === undefined
      ? inLane(`${partitionKey(id)}#${id.stream}`, () => decideAndAppend(aggregate, id, command, options))
      : decideAndAppend(aggregate, id, command, options);

  const decideAndAppend: EventStore['handle'] = async (aggregate, id, command, options) => {
    for (let attempt = 1; attempt <= attemptsWithoutExpectation; attempt++) {
      const current = await read(aggregate, id);
      if (options.expectedVersion !== undefined && options.expectedVersion !== current.version)
        return versionMismatch(options.expectedVersion, current.version);
      const decided = aggregate.decider.decide(command, current.state);
      if (isFailure(decided)) return decided;
      const outcome = recordAll(aggregate, id, current, decided, options);
      const writes = [...(decided.length === 0 ? [] : appendWrites(aggregate, id, current.version, outcome))];
      const tooLarge = refuseOverLimits(outcome, writes);
      if (tooLarge) return tooLarge;
      const own = writes.length;
      writes.push(...(options.alongside?.(outcome) ?? []));
      if (writes.length === 0) return outcome;
      const result = await table.transact(partitionKey(id), writes);
      if (result.written) return outcome;
      if (result.conflict >= own)
        return failed('conflict', 'alongside-conflict', 'Something that had to hold beside this change no longer did; try again.');
      if (options.expectedVersion !== undefined) return versionMismatch(options.expectedVersion, undefined);
    }
    return failed('conflict', 'contention', 'Too many changes to the same thing at once; try again.');
  };

  const recordAll = <S, C, E extends DomainEvent, F extends Failure>(
    aggregate: Aggregate<S, C, E, F>,
    id: StreamId,
    current: Versioned<S>,
    decided: readonly E[],
    { by, traceparent }: HandleOptions<S, E>,
  ): Handled<S, E> => {
    const at = clock.now().toISOString();
    const events = decided.map((event, index) => ({
      id: ids.next(),
      stream: id.stream,
      version: current.version + index + 1,
      at,
      by: by.id,
      ...(traceparent === undefined ? {} : { traceparent }),
      event,
    }));
    const state = replay({ initial: current.state, evolve: aggregate.decider.evolve }, decided);
    return { state, version: current.version + decided.length, events };
  };

  const pageOf = async <E extends DomainEvent>(reading: ReturnType<Table['query']>, belongs: (item: Item) => boolean) => {
    const { items, next } = await reading;
    return { events: items.filter(belongs).map((item) => fromItem<E>(item)), next };
  };

  return {
    read,
    handle,
    history: (id, page) => pageOf(table.query(partitionKey(id), eventRange(id.stream), page), isOf(id.stream)),
    timeline: (timeline, page) => pageOf(table.queryIndex('timeline', timeline, {}, page), isEventItem),
    async stateAt(aggregate, id, at) {
      const moment = at.toISOString();
      let current = { state: aggregate.decider.initial, version: 0 };
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Table['query']>> = await table.query(partitionKey(id), eventRange(id.stream), {
          limit: 1000,
          ...(cursor === null ? {} : { cursor }),
        });
        for (const item of page.items.filter(isOf(id.stream))) {
          const recorded = fromItem(item);
          if (recorded.at > moment) return current;
          current = { state: aggregate.decider.evolve(current.state, recorded.event as never), version: recorded.version };
        }
        cursor = page.next;
      } while (cursor !== null);
      return current;
    },
    async states<S>(partition: Pick<StreamId, 'tenant' | 'partition'>, prefix: string, page?: Page) {
      const { items, next } = await table.query(partitionKey(partition), { prefix: stateKey(prefix) }, page);
      return { states: items.map((item) => versioned<S>(item)), next };
    },
    async statesByIndex<S>(index: string, partition: string, page?: Page, prefix?: string) {
      const { items, next } = await table.queryIndex(index, partition, prefix === undefined ? {} : { prefix }, page);
      return { states: items.map((item) => versioned<S>(item)), next };
    },
  };
};

const versioned = <S>(item: Item): Versioned<S> => ({ state: item.state as S, version: item.version as number });

const appendWrites = <S, C, E extends DomainEvent, F extends Failure>(
  aggregate: Aggregate<S, C, E, F>,
  id: StreamId,
  from: number,
  outcome: Handled<S, E>,
): Write[] => {
  const pk = partitionKey(id);
  const timeline = aggregate.timeline?.(id);
  const state: Item = {
    ...aggregate.attributes?.(outcome.state, id),
    pk,
    sk: stateKey(id.stream),
    kind: 'state',
    version: outcome.version,
    state: outcome.state as Json,
  };
  return [
    { type: 'put', item: state, if: from === 0 ? 'absent' : { version: from } },
    ...outcome.events.map(({ event, ...recorded }): Write => {
      const item: Item = {
        pk,
        sk: eventKey(id.stream, recorded.version),
        kind: 'event',
        ...recorded,
        event: event as unknown as JsonObject,
      };
      return {
        type: 'put',
        item: timeline === undefined ? item : { ...item, timeline, moment: `${recorded.at}#${recorded.id}` },
        if: 'absent',
      };
    }),
  ];
};

const refuseOverLimits = (outcome: Handled<unknown, DomainEvent>, writes: readonly Write[]): AppendFailure | undefined => {
  if (outcome.events.length > appendLimits.events)
    return failed(
      'too-large',
      'too-many-events',
      `One append holds at most ${appendLimits.events} events; this one has ${outcome.events.length}.`,
    );
  if (writes.length > 0 && bytes(outcome.state as Json) > appendLimits.bytes)
    return failed('too-large', 'state-too-large', `A state is at most ${appendLimits.bytes} bytes of JSON.`);
  if (outcome.events.some(({ event }) => bytes(event as unknown as Json) > appendLimits.bytes))
    return failed('too-large', 'event-too-large', `An event is at most ${appendLimits.bytes} bytes of JSON.`);
  return undefined;
};

const versionMismatch = (expected: number, actual: number | undefined): AppendFailure =>
  failed(
    'precondition-failed',
    'version-mismatch',
    `This was changed meanwhile: expected version ${expected}${actual === undefined ? '' : `, found ${actual}`}.`,
  );

/** Unwraps what cannot fail by the rules of its decider (a subscriber's command, say); a failure is thrown and so tried again. */
export const handledOrThrow = <T>(outcome: T | Failure): T => {
  if (isFailure(outcome)) throw new Rejected(outcome);
  return outcome as T;
};
