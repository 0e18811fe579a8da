import type { LocalCloud, Subscription } from '../../adapters/local/index.ts';
import type { EventBus } from '../../domain/kernel/event-bus.ts';
import { tableMeter } from '../../domain/kernel/meter.ts';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import type { ContextDeclaration } from '../kernel/context.ts';
import type { Log } from '../kernel/log.ts';
import { publisher } from '../kernel/publish.ts';
import type { Documents } from '../platform/get-openapi.ts';
import { type BoundContext, consumersOf, running, scheduleOf, subscribersOf, workerOf } from './bound-context.ts';
import type { Cloud } from './cloud.ts';
import { type Ports, portsOf, qualified, tablesOf } from './ports.ts';

/** What the platform's own routes show: its documents, and objects by signed URL. */
export type Gateway = { readonly documents: Documents; readonly objectGateway: { serve(request: Request): Promise<Response> } };

/** Facts are gathered for this long before they are folded: fewer and larger writes beside the requests, and still seen well within a second. */
const foldLingerMillis = 200;
const backoff = { baseSeconds: 1, maxSeconds: 300 };
const deliveryPolicy = (attempts: number): QueuePolicy => ({ attempts, visibilitySeconds: 60, batchSize: 10, backoff });

const usage = qualified('billing', 'usage');

/** Wires the declarations to the laptop in one process: tables with their change streams, the bus with its subscribers, and every context's ports. */
export const wire = (bound: readonly BoundContext[], local: LocalCloud, log: Log, gateway: Gateway) => {
  const cloud = asCloud(local);
  const declarations = bound.map(({ declaration }) => declaration);
  const tables = tablesOf(declarations, cloud);
  for (const { name, tables: own } of declarations) for (const table of Object.keys(own)) tables(qualified(name, table));
  // Facts are journaled: on disk before the answer, in their table within a fraction of a second.
  const shared = { ...gateway, log, meter: tableMeter(local.journaled(usage), local.clock) };
  const ports = new Map(declarations.map((declaration) => [declaration, portsOf(declaration, tables, cloud, shared)]));
  const portsFor = (declaration: ContextDeclaration) => ports.get(declaration) as Ports;
  const bus = local.bus(bound.flatMap((context) => subscriptionsOf(context, portsFor(context.declaration))));
  return {
    running: bound.map((context) => running(context, portsFor(context.declaration))),
    bus: bus as EventBus,
    /** Begins deliveries: of changes to the bus and to their consumers, and of events to subscribers. */
    start(): void {
      bus.start();
      for (const context of bound) {
        consumeChanges(context, portsFor(context.declaration), local, bus);
        workQueues(context, portsFor(context.declaration), local);
        keepSchedules(context, portsFor(context.declaration), local);
      }
    },
  };
};

/** The laptop's folders of objects have names without their context. */
const asCloud = (local: LocalCloud): Cloud => ({ ...local, objects: (name) => local.objects(name.slice(name.indexOf('.') + 1)) });

const subscriptionsOf = (context: BoundContext, ports: Ports): Subscription[] =>
  subscribersOf(context, ports).map(({ name, types, attempts, handle }) => ({
    subscriber: { name, filter: { types }, policy: deliveryPolicy(attempts) },
    handler: handle,
  }));

const consumeChanges = (context: BoundContext, ports: Ports, local: LocalCloud, bus: EventBus): void => {
  const { declaration } = context;
  for (const [name, { holds }] of Object.entries(declaration.tables)) {
    const table = qualified(declaration.name, name);
    for (const consumer of consumersOf(context, name, ports)) local.consume({ ...consumer, table, lingerMillis: foldLingerMillis });
    if (holds === 'events') local.consume({ table, name: 'publish', handle: publisher(declaration, bus), lingerMillis: 0 });
  }
};

const workQueues = (context: BoundContext, ports: Ports, local: LocalCloud): void => {
  for (const [name, { policy }] of Object.entries(context.declaration.queues))
    local.work(qualified(context.declaration.name, name), policy, workerOf(context, name, ports));
};

const keepSchedules = (context: BoundContext, ports: Ports, local: LocalCloud): void => {
  for (const [name, { everySeconds }] of Object.entries(context.declaration.schedules))
    local.every(everySeconds, qualified(context.declaration.name, name), scheduleOf(context, name, ports));
};
