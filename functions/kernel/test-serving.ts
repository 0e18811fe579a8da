import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { type EventStore, eventStore } from '../../domain/kernel/event-store.ts';
import type { Table } from '../../domain/kernel/table.ts';
import { authentication } from './authentication.ts';
import type { Log, LogFields } from './log.ts';
import type { Serving } from './serve.ts';

export type TestClock = { now(): Date; advance(millis: number): void };

/** A clock that stands still until it is told to go on. */
export const testClock = (start = '2026-11-21T12:00:00.000Z'): TestClock => {
  let at = new Date(start).getTime();
  return {
    now: () => new Date(at),
    advance: (millis) => {
      at += millis;
    },
  };
};

/** `id-1`, `id-2`, … */
export const testIds = () => {
  let count = 0;
  return { next: () => `id-${++count}` };
};

export type LogLine = { readonly level: string; readonly message: string; readonly error?: unknown; readonly fields: LogFields };

export const testLog = (): Log & { readonly lines: LogLine[] } => {
  const lines: LogLine[] = [];
  return {
    lines,
    info: (message, fields = {}) => void lines.push({ level: 'info', message, fields }),
    warn: (message, fields = {}) => void lines.push({ level: 'warn', message, fields }),
    error: (message, error, fields = {}) => void lines.push({ level: 'error', message, error, fields }),
  };
};

/** A bus that keeps what was published, or fails while `broken`. */
export const testBus = () => {
  const bus = {
    published: [] as CloudEvent[],
    broken: false,
    async publish(events: readonly CloudEvent[]): Promise<void> {
      if (bus.broken) throw new TypeError('the bus is broken');
      bus.published.push(...events);
    },
  };
  return bus;
};

export type TestServing = Serving & {
  readonly clock: TestClock;
  readonly log: ReturnType<typeof testLog>;
  readonly bus: ReturnType<typeof testBus>;
  readonly directory: Table & { readonly events: EventStore };
};

/** What serving needs, over a table that holds identity's directory, and when keys were last used where no other one does. */
export const testServing = (table: Table, lastUses: Pick<Table, 'put'> = table): TestServing => {
  const [clock, ids, log, bus] = [testClock(), testIds(), testLog(), testBus()];
  const directory = { ...table, events: eventStore(table, { clock, ids }) };
  const authenticate = authentication({ directory, lastUses, clock });
  return { clock, ids, log, bus, directory, instance: { id: 'one', sole: true }, authenticate };
};
