import type { LocalCloud, Subscription } from '../../adapters/local/index.ts';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { EventBus } from '../../domain/kernel/event-bus.ts';
import { eventStore } from '../../domain/kernel/event-store.ts';
import { type Meter, tableMeter } from '../../domain/kernel/meter.ts';
import type { BatchOutcome, Message, QueuePolicy } from '../../domain/kernel/queue.ts';
import type { Change } from '../../domain/kernel/table.ts';
import type { ContextDeclaration, SubscriberDeclaration } from '../kernel/context.ts';
import { grant } from '../kernel/grants.ts';
import type { AnyHandler, Records } from '../kernel/handler.ts';
import type { Log } from '../kernel/log.ts';
import { publisher } from '../kernel/publish.ts';
import type { RunningContext } from '../kernel/serve.ts';
import type { Documents } from '../platform/get-openapi.ts';

/** A context's declaration with the functions that it names. */
export type BoundContext = {
  readonly declaration: ContextDeclaration;
  readonly handlers: { readonly [does: string]: unknown };
  readonly subscribers?: { readonly [name: string]: unknown };
  readonly workers?: { readonly [queue: string]: unknown };
  readonly schedules?: { readonly [name: string]: unknown };
  /** Consumers of its tables' changes, by table and name. */
  readonly changes?: { readonly [table: string]: { readonly [consumer: string]: unknown } };
};

type Ports = { readonly [name: string]: unknown };
type EventFunction = (event: CloudEvent, ports: Ports) => Promise<void>;
type WorkFunction = (batch: readonly Message[], ports: Ports) => Promise<BatchOutcome>;
type ScheduleFunction = (ports: Ports) => Promise<void>;
type ChangeFunction = (changes: readonly Change[], ports: Ports) => Promise<void>;

/** What the platform's own routes show: its documents, and objects by signed URL. */
export type Gateway = { readonly documents: Documents; readonly objectGateway: { serve(request: Request): Promise<Response> } };

/** Facts are gathered for this long before they are folded: fewer and larger writes beside the requests, and still seen well within a second. */
const foldLingerMillis = 200;
const backoff = { baseSeconds: 1, maxSeconds: 300 };
const deliveryPolicy = (attempts: number): QueuePolicy => ({ attempts, visibilitySeconds: 60, batchSize: 10, backoff });

/** Tables are named by their context: `models.registry`. */
const qualified = (context: string, resource: string): string => `${context}.${resource}`;

/** Wires the declarations to a cloud in one process: tables with their change streams, the bus with its subscribers, and every context's ports. */
export const wire = (bound: readonly BoundContext[], cloud: LocalCloud, log: Log, gateway: Gateway) => {
  const records = tablesOf(bound, cloud);
  const shared = { ...gateway, log, meter: meterOf(cloud) };
  const subscriptions: Subscription[] = [];
  const bus = (() => {
    const portsByContext = new Map(
      bound.map((context) => [context.declaration.name, portsOf(context.declaration, records, cloud, shared)]),
    );
    for (const context of bound) subscriptions.push(...subscriptionsOf(context, portsByContext.get(context.declaration.name) as Ports));
    return { ...cloud.bus(subscriptions), portsByContext };
  })();
  const running: RunningContext[] = bound.map(({ declaration, handlers }) => ({
    declaration,
    handlers: handlers as { readonly [does: string]: AnyHandler },
    ports: bus.portsByContext.get(declaration.name) as Ports,
  }));
  return {
    running,
    bus: bus as EventBus,
    /** Begins deliveries: of changes to the bus and to their consumers, and of events to subscribers. */
    start(): void {
      bus.start();
      for (const context of bound) {
        const ports = bus.portsByContext.get(context.declaration.name) as Ports;
        consumeChanges(context, ports, cloud, bus);
        workQueues(context, ports, cloud);
        keepSchedules(context, ports, cloud);
      }
    },
  };
};

const tablesOf = (bound: readonly BoundContext[], cloud: LocalCloud): ReadonlyMap<string, Records> => {
  const all = new Map<string, Records>();
  for (const { declaration } of bound)
    for (const [name, { indexes = {}, changes, holds }] of Object.entries(declaration.tables)) {
      const table = cloud.table(qualified(declaration.name, name), { indexes, changes: changes !== undefined || holds === 'events' });
      all.set(qualified(declaration.name, name), { ...table, events: eventStore(table, cloud) });
    }
  return all;
};

/** Facts are journaled: on disk before the answer, in their table within a fraction of a second. */
const meterOf = (cloud: LocalCloud): Meter => tableMeter(cloud.journaled(qualified('billing', 'usage')), cloud.clock);

const portsOf = (declaration: ContextDeclaration, records: ReadonlyMap<string, Records>, cloud: LocalCloud, shared: Ports): Ports => {
  const { clock, ids, modelHost, deadLetters, exportWriter } = cloud;
  const { name, tables, objects, queues, borrows } = declaration;
  const each = (resources: object, port: (resource: string) => unknown) =>
    Object.fromEntries(Object.keys(resources).map((resource) => [resource, port(resource)]));
  const borrowed = Object.entries(borrows).map(([as, borrow]) => [
    as,
    'table' in borrow ? records.get(qualified(borrow.from, borrow.table)) : cloud.objects(borrow.objects),
  ]);
  return {
    ...{ clock, ids, modelHost, deadLetters, exportWriter },
    ...shared,
    settled: (table: string) => cloud.settled(qualified(name, table)),
    ...each(tables, (table) => records.get(qualified(name, table))),
    ...each(objects, cloud.objects),
    ...each(queues, (queue) => cloud.queue(qualified(name, queue), (queues[queue] as { policy: QueuePolicy }).policy)),
    ...Object.fromEntries(borrowed),
  };
};

const subscriptionsOf = ({ declaration, subscribers = {} }: BoundContext, ports: Ports): Subscription[] =>
  Object.entries(declaration.subscribers).map(([name, { to, attempts, uses }]: [string, SubscriberDeclaration]) => {
    const granted = grant(ports, uses);
    const handle = subscribers[name] as EventFunction;
    return {
      subscriber: {
        name: qualified(declaration.name, name),
        filter: { types: to === '*' ? '*' : to.map(({ type }) => type) },
        policy: deliveryPolicy(attempts),
      },
      handler: (event) => handle(event, granted),
    };
  });

const consumeChanges = ({ declaration, changes = {} }: BoundContext, ports: Ports, cloud: LocalCloud, bus: EventBus): void => {
  for (const [name, table] of Object.entries(declaration.tables)) {
    const consumers = Object.entries(table.changes ?? {});
    for (const [consumer, { uses }] of consumers) {
      const granted = grant(ports, uses);
      const handle = changes[name]?.[consumer] as ChangeFunction;
      cloud.consume({
        table: qualified(declaration.name, name),
        name: consumer,
        handle: (batch) => handle(batch, granted),
        lingerMillis: foldLingerMillis,
      });
    }
    if (table.holds === 'events')
      cloud.consume({ table: qualified(declaration.name, name), name: 'publish', handle: publisher(declaration, bus), lingerMillis: 0 });
  }
};

const workQueues = ({ declaration, workers = {} }: BoundContext, ports: Ports, cloud: LocalCloud): void => {
  for (const [name, { policy, uses }] of Object.entries(declaration.queues)) {
    const granted = grant(ports, uses);
    const work = workers[name] as WorkFunction;
    cloud.work(qualified(declaration.name, name), policy, (batch) => work(batch, granted));
  }
};

const keepSchedules = ({ declaration, schedules = {} }: BoundContext, ports: Ports, cloud: LocalCloud): void => {
  for (const [name, { everySeconds, uses }] of Object.entries(declaration.schedules)) {
    const granted = grant(ports, uses);
    const run = schedules[name] as ScheduleFunction;
    cloud.every(everySeconds, qualified(declaration.name, name), () => run(granted));
  }
};
