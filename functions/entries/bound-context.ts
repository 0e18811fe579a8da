import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { BatchOutcome, Message } from '../../domain/kernel/queue.ts';
import type { Change } from '../../domain/kernel/table.ts';
import type { ContextDeclaration, SubscriberDeclaration } from '../kernel/context.ts';
import { grant } from '../kernel/grants.ts';
import type { AnyHandler } from '../kernel/handler.ts';
import type { RunningContext } from '../kernel/serve.ts';
import { type Ports, qualified } from './ports.ts';

/** A context's declaration with the functions that it names; an entry needs only those that it calls. */
export type BoundContext = {
  readonly declaration: ContextDeclaration;
  readonly handlers?: { readonly [does: string]: unknown };
  readonly subscribers?: { readonly [name: string]: unknown };
  readonly workers?: { readonly [queue: string]: unknown };
  readonly schedules?: { readonly [name: string]: unknown };
  /** Consumers of its tables' changes, by table and name. */
  readonly changes?: { readonly [table: string]: { readonly [consumer: string]: unknown } };
};

type EventFunction = (event: CloudEvent, ports: Ports) => Promise<void>;
type WorkFunction = (batch: readonly Message[], ports: Ports) => Promise<BatchOutcome>;
type ScheduleFunction = (ports: Ports) => Promise<void>;
type ChangeFunction = (changes: readonly Change[], ports: Ports) => Promise<void>;

/** A context that is ready to answer requests. */
export const running = ({ declaration, handlers = {} }: BoundContext, ports: Ports): RunningContext => ({
  declaration,
  handlers: handlers as { readonly [does: string]: AnyHandler },
  ports,
});

/** What hears events: its name (`models.alias-assigned`), the types it hears, how often it is tried, and itself with what it was granted. */
export type BoundSubscriber = {
  readonly name: string;
  readonly types: readonly string[] | '*';
  readonly attempts: number;
  readonly handle: (event: CloudEvent) => Promise<void>;
};

export const subscribersOf = ({ declaration, subscribers = {} }: BoundContext, ports: Ports): readonly BoundSubscriber[] =>
  Object.entries(declaration.subscribers).map(([name, { to, attempts, uses }]: [string, SubscriberDeclaration]) => {
    const granted = grant(ports, uses);
    const handle = subscribers[name] as EventFunction;
    return {
      name: qualified(declaration.name, name),
      types: to === '*' ? '*' : to.map(({ type }) => type),
      attempts,
      handle: (event) => handle(event, granted),
    };
  });

/** The declared consumers of a table's changes. */
export const consumersOf = (
  { declaration, changes = {} }: BoundContext,
  table: string,
  ports: Ports,
): readonly { readonly name: string; readonly handle: (changes: readonly Change[]) => Promise<void> }[] =>
  Object.entries(declaration.tables[table]?.changes ?? {}).map(([name, { uses }]) => {
    const granted = grant(ports, uses);
    const handle = changes[table]?.[name] as ChangeFunction;
    return { name, handle: (batch) => handle(batch, granted) };
  });

export const workerOf = (
  { declaration, workers = {} }: BoundContext,
  queue: string,
  ports: Ports,
): ((batch: readonly Message[]) => Promise<BatchOutcome>) => {
  const granted = grant(ports, declaration.queues[queue]?.uses ?? {});
  const work = workers[queue] as WorkFunction;
  return (batch) => work(batch, granted);
};

export const scheduleOf = ({ declaration, schedules = {} }: BoundContext, name: string, ports: Ports): (() => Promise<void>) => {
  const granted = grant(ports, declaration.schedules[name]?.uses ?? {});
  const run = schedules[name] as ScheduleFunction;
  return () => run(granted);
};
