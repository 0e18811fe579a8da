import { contexts } from '../../functions/contexts.ts';
import { monthSeconds, predictionMillis, type Traffic } from './assumptions.ts';
import { azureTypes } from './azure-kinds.ts';
import type { Usage } from './bill.ts';
import { type Graph, partOf, type Resource, textOf } from './graph.ts';
import type { DomainEventCost } from './measured-event.ts';
import type { Prediction } from './measured-prediction.ts';
import type { CloudUsage } from './usage.ts';

const million = 1_000_000;
const gigabyte = 1000 ** 3;

/** What Flex Consumption bills at least of an instance that works on something. */
const leastSeconds = 1;
/** As functions/entries/azure has them: of the trigger of changes, how often it looks for some, says that a lease is its own, and looks for free ones. */
const sweepSeconds = 300;
const pollSeconds = 5;
const leaseSeconds = 30;
const acquireSeconds = 60;
/** As tools/package/layout.ts has it: how often an instance looks at a queue in which it found nothing. */
const queueSeconds = 30;
/**
 * How often the platform's scale controller looks at what may need an instance, whether there is one or not; nobody can set it, and it is billed to the
 * account that is looked at. Of queues it is published for durable functions
 * (https://learn.microsoft.com/azure/durable-task/durable-functions/durable-functions-azure-storage-provider); of change feeds nothing is, and a
 * maintainer's guess is as much (https://github.com/Azure/azure-cosmos-dotnet-v3/issues/2127).
 */
const scaleSeconds = 10;
/** Of the runtime: how often an instance says that it is still the one that keeps the timers. */
const lockSeconds = 15;

/**
 * In request units, ours to measure in an account: a read of up to 1 KB at strong consistency, a write with the few paths that are indexed, a lease
 * (read and written, nothing indexed), and a look at changes that finds none.
 */
const units = { read: 2, write: 7, lease: 7, look: 1 } as const;
/** What Application Insights keeps of one call, beside the lines that it writes. */
const callBytes = 1000;

const all = (graph: Graph, kind: keyof typeof azureTypes): Graph => graph.filter(({ type }) => type === azureTypes[kind]);
const counted = (quantity: number, usage: Omit<Usage, 'quantity'>): readonly Usage[] => (quantity === 0 ? [] : [{ ...usage, quantity }]);

const memoryOf = (app: Resource): number => {
  const { instanceMemoryMB = 512 } = (partOf(app, 'functionAppConfig').scaleAndConcurrency ?? {}) as { readonly instanceMemoryMB?: number };
  return instanceMemoryMB / 1024;
};

const appOf = (graph: Graph, ...names: readonly string[]): Resource => {
  const found = names.flatMap((name) => all(graph, 'app').filter((one) => one.name === `${name}-app`))[0];
  if (found === undefined) throw new RangeError(`The graph has no app ${names.join(' or ')}.`);
  return found;
};

type Runs = { readonly runs: number; readonly seconds: number; readonly kind: Usage['kind']; readonly what: string };
const executions = (app: Resource, { runs, seconds, kind, what }: Runs): readonly Usage[] => [
  { meter: 'flex.executions', quantity: runs, kind, what },
  { meter: 'flex.compute', quantity: seconds * memoryOf(app), kind, what: `${what}: ${memoryOf(app) * 1024} MB` },
];

/** Apps that drain tables, by their leases; and the tables, each of which has a trigger. */
const drainers = (graph: Graph): Graph =>
  all(graph, 'app').filter((app) => all(graph, 'tableRole').some(({ name }) => name === `${app.name.replace(/-app$/, '')}-leases-leases`));
const drained = (graph: Graph): number => all(graph, 'tableRole').filter(({ name }) => /-changes-/.test(name)).length;

const timers = (graph: Graph): readonly Usage[] => {
  const declared = contexts.flatMap(({ name, schedules }) =>
    Object.entries(schedules).map(([schedule, { everySeconds }]) => ({
      app: appOf(graph, name, 'all'),
      what: `${name}.${schedule}`,
      everySeconds,
    })),
  );
  const sweeps = drainers(graph).map((app) => ({ app, what: `sweep of ${app.name}`, everySeconds: sweepSeconds }));
  const collection = { app: appOf(graph, 'observability', 'all'), what: 'collection of what was not delivered', everySeconds: 300 };
  return [...declared, ...sweeps, collection].flatMap(({ app, what, everySeconds }) => {
    const runs = monthSeconds / everySeconds;
    return [
      ...executions(app, { runs, seconds: runs * leastSeconds, kind: 'schedule', what }),
      { meter: 'azure.blob.writes', quantity: runs, kind: 'schedule', what: `${what}: where the timer is` },
    ] satisfies readonly Usage[];
  });
};

/** As if one instance of each app that drains were always there, since a timer calls it every five minutes: the most that it can be. */
const waiting = (graph: Graph): readonly Usage[] => [
  {
    meter: 'cosmos.units',
    quantity: (drained(graph) * monthSeconds * units.look) / pollSeconds,
    kind: 'table',
    what: 'looks at changes that find none',
  },
  {
    meter: 'cosmos.units',
    quantity: (drained(graph) * monthSeconds * units.lease) / leaseSeconds,
    kind: 'table',
    what: 'leases of triggers',
  },
  {
    meter: 'cosmos.units',
    quantity: (drained(graph) * monthSeconds * (units.read + units.look)) / acquireSeconds,
    kind: 'table',
    what: 'looks for free leases',
  },
  {
    meter: 'cosmos.units',
    quantity: (drained(graph) * monthSeconds * (units.read + units.look)) / scaleSeconds,
    kind: 'table',
    what: 'looks of the scale controller: a lease and its changes',
  },
  {
    meter: 'cosmos.units',
    quantity: (drained(graph) * monthSeconds * (units.look + 2 * units.read)) / sweepSeconds,
    kind: 'table',
    what: 'sweeps that find nothing',
  },
  {
    meter: 'azure.blob.reads',
    quantity: (drainers(graph).length * monthSeconds) / lockSeconds,
    kind: 'schedule',
    what: 'locks of the runtime',
  },
];

type Criteria = {
  readonly allOf: readonly { readonly dimensions?: readonly { readonly name: string; readonly values: readonly string[] }[] }[];
};

/** How many time series an alert looks at, where each value of a dimension is one: as if all there may be had come. */
const seriesOf = (graph: Graph, rule: Resource): number => {
  const poison = all(graph, 'queue').filter(({ name }) => name.endsWith('-poison')).length;
  const there: { readonly [dimension: string]: number } = {
    EventSubscriptionName: all(graph, 'subscription').length,
    CollectionName: all(graph, 'container').length,
    // Each queue has a function, and another one that collects what was given up.
    Name: poison + (rule.name.endsWith('deliveries-fail') ? drained(graph) : 0),
  };
  const dimensions = (partOf(rule, 'criteria') as Criteria).allOf.flatMap((one) => one.dimensions ?? []);
  return dimensions.reduce((series, { name, values }) => series * (values.includes('*') ? (there[name] ?? 1) : values.length), 1);
};

const alerts = (graph: Graph): readonly Usage[] => {
  const metrics = all(graph, 'metricAlarm').reduce((sum, rule) => sum + seriesOf(graph, rule), 0);
  const ofLogs = all(graph, 'logAlarm').flatMap((rule): readonly Usage[] => {
    const often = textOf(rule, 'evaluationFrequency') === 'PT5M';
    return [
      { meter: often ? 'azure.alerts.logs-5' : 'azure.alerts.logs-15', quantity: 1, kind: 'monitoring', what: rule.name },
      ...counted(seriesOf(graph, rule) - 1, {
        ...{ meter: often ? 'azure.alerts.series-5' : 'azure.alerts.series-15', kind: 'monitoring', what: `${rule.name}: each by itself` },
      }),
    ];
  });
  return [...counted(metrics, { meter: 'azure.alerts.metrics', kind: 'monitoring', what: 'metrics that are watched' }), ...ofLogs];
};

/**
 * Each queue has a trigger: a poison queue that of the dead letters' collector. The apps that hear of events are those that a timer keeps up; of the
 * others it is assumed too, which is more than what is.
 */
const polling = (graph: Graph): readonly Usage[] =>
  all(graph, 'queue').flatMap(({ name }): readonly Usage[] => [
    { meter: 'azure.queue.operations', quantity: monthSeconds / queueSeconds, kind: 'queue', what: `looks at ${name}` },
    {
      meter: 'azure.queue.operations',
      quantity: monthSeconds / scaleSeconds,
      kind: 'queue',
      what: `looks of the scale controller at ${name}`,
    },
  ]);

const idle = (graph: Graph): readonly Usage[] => [
  ...timers(graph),
  ...waiting(graph),
  ...polling(graph),
  ...counted(all(graph, 'key').length * (monthSeconds / 3600) * 2, {
    ...{ meter: 'keyvault.key-operations', kind: 'secret', what: 'services that look after their keys, twice an hour' },
  }),
  ...alerts(graph),
  ...counted(all(graph, 'profile').length, { meter: 'frontdoor.base', kind: 'network-edge', what: 'Front Door' }),
];

/** Seconds that instances work in a month, of which there is one as long as it can: calls that come together are paid for once. */
const workedSeconds = (callsAMonth: number, millis: number): number => {
  const together = Math.max(1, (callsAMonth * millis) / 1000 / monthSeconds);
  return Math.min(callsAMonth * leastSeconds, monthSeconds * Math.ceil(together));
};

const before = (graph: Graph, bytes: number, callsAMonth: number): readonly Usage[] => {
  const gigabytes = (million * bytes) / gigabyte;
  if (all(graph, 'profile').length > 0)
    return [
      { meter: 'frontdoor.requests', quantity: million, kind: 'network-edge', what: 'requests' },
      { meter: 'frontdoor.transfer', quantity: gigabytes, kind: 'network-edge', what: 'answers' },
    ];
  const seconds = (workedSeconds(callsAMonth, predictionMillis) * million) / callsAMonth;
  return [
    ...counted(all(graph, 'gateway').length * million, { meter: 'azure.gateway.calls', kind: 'http-api', what: 'requests at the gateway' }),
    ...executions(appOf(graph, 'edge'), { runs: million, seconds, kind: 'http-api', what: 'requests forwarded' }),
    { meter: 'azure.logs.ingestion', quantity: (million * callBytes) / gigabyte, kind: 'http-api', what: 'requests, as telemetry' },
    { meter: 'azure.transfer.out', quantity: gigabytes, kind: 'http-api', what: 'answers' },
  ];
};

const predictions = (
  graph: Graph,
  { request, logBytes, logLines, responseBytes, fold }: Prediction,
  traffic: Traffic,
): readonly Usage[] => {
  const { predictionsAMonth: calls, tenants } = traffic;
  const seconds = (workedSeconds(calls, predictionMillis) * million) / calls;
  // What came to one tenant since the last look is folded at once, a hundred facts at most.
  const facts = Math.min(100, Math.max(1, (calls / monthSeconds) * (pollSeconds / tenants)));
  const folds = million / facts;
  return [
    ...before(graph, responseBytes, calls),
    ...executions(appOf(graph, 'inference', 'all'), { runs: million, seconds, kind: 'function', what: 'predictions' }),
    {
      meter: 'azure.logs.ingestion',
      quantity: (million * (logBytes + callBytes)) / gigabyte,
      kind: 'function',
      what: `log: ${logLines} line of ${logBytes} bytes, and telemetry`,
    },
    {
      meter: 'cosmos.units',
      quantity: million * request.reads * units.read,
      kind: 'table',
      what: `${request.reads} reads for key, tenant and endpoint`,
    },
    { meter: 'cosmos.units', quantity: million * request.items * units.write, kind: 'table', what: 'the usage fact' },
    { meter: 'cosmos.units', quantity: million * request.items * units.write, kind: 'table', what: 'facts that expire' },
    { meter: 'cosmos.storage', quantity: (million * request.storedBytes) / gigabyte, kind: 'table', what: 'facts, kept a month' },
    { meter: 'cosmos.units', quantity: million * units.look, kind: 'table', what: 'facts, read as changes' },
    {
      meter: 'cosmos.units',
      quantity: folds * (fold.reads * units.read + (fold.items + 1) * units.write),
      kind: 'table',
      what: 'folds: roll-ups and progress',
    },
    ...executions(appOf(graph, 'billing', 'all'), {
      ...{ runs: folds, seconds: (workedSeconds(calls / facts, 50) * million) / calls, kind: 'function', what: 'folds' },
    }),
  ];
};

/** How many subscriptions an event reaches, over all types that the contexts publish, by the filters as they are declared. */
const deliveriesAnEvent = (graph: Graph): number => {
  const types = contexts.flatMap(({ publishes }) => publishes.map(({ type }) => type));
  const hears = (one: Resource, type: string): boolean => {
    const { includedEventTypes } = partOf(one, 'filter') as { readonly includedEventTypes?: readonly string[] };
    return includedEventTypes === undefined || includedEventTypes.includes(type);
  };
  const reached = types.map((type) => all(graph, 'subscription').filter((one) => hears(one, type)).length);
  return reached.reduce((sum, count) => sum + count, 0) / Math.max(1, types.length);
};

const events = (graph: Graph, { append, audit, bytes }: DomainEventCost): readonly Usage[] => {
  const deliveries = deliveriesAnEvent(graph);
  const operations = Math.ceil(bytes / 65_536);
  const run = (app: string, runs: number, what: string) =>
    executions(appOf(graph, app, 'all'), { runs, seconds: runs * leastSeconds, kind: 'function', what });
  return [
    {
      meter: 'cosmos.units',
      quantity: million * (append.reads * units.read + append.items * units.write),
      kind: 'table',
      what: 'reads of the state; state and event, written',
    },
    {
      meter: 'cosmos.units',
      quantity: million * (append.items * units.look + units.read + units.write),
      kind: 'table',
      what: 'draining: changes and progress',
    },
    ...run('models', million, 'draining, one at a time'),
    { meter: 'eventgrid.operations', quantity: million * operations, kind: 'event-bus', what: `events of ${bytes} bytes` },
    {
      meter: 'eventgrid.operations',
      quantity: million * deliveries * operations,
      kind: 'subscriber',
      what: `${deliveries.toFixed(1)} deliveries`,
    },
    { meter: 'azure.queue.operations', quantity: million * deliveries * 3, kind: 'queue', what: 'sent, received and deleted' },
    ...run('models', million * deliveries, `${deliveries.toFixed(1)} deliveries, one at a time`),
    { meter: 'cosmos.units', quantity: million * audit.items * units.write, kind: 'table', what: 'the audit trail' },
  ];
};

const storage = (): readonly Usage[] => [
  { meter: 'cosmos.storage', quantity: 1, kind: 'table', what: 'in a table, with its indexes' },
  { meter: 'azure.blob.storage', quantity: 1, kind: 'object-store', what: 'as objects; earlier versions count too' },
  { meter: 'azure.logs.ingestion', quantity: 1, kind: 'monitoring', what: 'of logs, taken in' },
];

export const azureUsage: CloudUsage = { idle, predictions, events, storage };
