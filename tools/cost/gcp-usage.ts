import { contexts } from '../../functions/contexts.ts';
import { backgroundMillis, monthHours, monthSeconds, predictionMillis, type Traffic } from './assumptions.ts';
import type { Usage } from './bill.ts';
import { gcpTypes } from './gcp-kinds.ts';
import { type Graph, listOf, partOf, type Resource, textOf } from './graph.ts';
import type { DomainEventCost } from './measured-event.ts';
import type { Prediction } from './measured-prediction.ts';
import type { CloudUsage } from './usage.ts';

const million = 1_000_000;
const gibibyte = 1024 ** 3;
/** Cloud Run rounds up to that. */
const roundedMillis = 100;
/** What the edge takes to forward a request, beside the time that it waits for the answer. */
const forwardingMillis = 5;
/** What Pub/Sub counts at least for a request, and what push wraps around a message. */
const leastMessage = 1000;
/** A function’s image, as Cloud Build makes it (ours to measure in a project). */
const imageGibibytes = 0.1;

const all = (graph: Graph, kind: keyof typeof gcpTypes): Graph => graph.filter(({ type }) => type === gcpTypes[kind]);
const counted = (quantity: number, usage: Omit<Usage, 'quantity'>): readonly Usage[] => (quantity === 0 ? [] : [{ ...usage, quantity }]);

/** `512Mi` in GiB. */
const memoryOf = (one: Resource): number => Number.parseInt(String(partOf(one, 'serviceConfig').availableMemory ?? '512'), 10) / 1024;

const functionOf = (graph: Graph, ...names: readonly string[]): Resource => {
  const found = names.flatMap((name) => all(graph, 'function').filter((one) => one.name === `${name}-function`))[0];
  if (found === undefined) throw new RangeError(`The graph has no function ${names.join(' or ')}.`);
  return found;
};

type Runs = { readonly runs: number; readonly millis: number; readonly kind: Usage['kind']; readonly what: string };

const cpusOf = (one: Resource): number => Number(partOf(one, 'serviceConfig').availableCpu ?? 1);

/** Requests of a function, each with an instance to itself: nothing is taken to share one, which is dearest. */
const requests = (one: Resource, { runs, millis, kind, what }: Runs): readonly Usage[] => {
  const billed = Math.ceil(millis / roundedMillis) * roundedMillis;
  const [seconds, cpus] = [(runs * billed) / 1000, cpusOf(one)];
  return [
    { meter: 'run.requests', quantity: runs, kind, what },
    { meter: 'run.cpu', quantity: seconds * cpus, kind, what: `${what}: ${cpus} vCPU × ${billed} ms` },
    { meter: 'run.memory', quantity: seconds * memoryOf(one), kind, what: `${what}: ${memoryOf(one) * 1024} MiB` },
  ];
};

/** How often a line of cron comes in a month: the program writes no others. */
const runsOf = (job: Resource): number => {
  const [minutes = '*', hours = '*'] = textOf(job, 'schedule').split(' ');
  const step = (text: string): number => Number(/^\*\/(\d+)$/.exec(text)?.[1] ?? 1);
  if (minutes !== '0') return monthSeconds / (60 * step(minutes));
  return monthHours / (hours === '0' ? 24 : step(hours));
};

const calledBy = (graph: Graph, job: Resource): Resource => {
  const url = String(partOf(job, 'httpTarget').uri ?? '');
  const found = all(graph, 'function').find((one) => url.includes(`//${textOf(one, 'name')}-`));
  if (found === undefined) throw new RangeError(`${job.name} calls no function of the graph.`);
  return found;
};

/** Tables whose changes a function sweeps: those that have an index of them. */
const sweptTables = (graph: Graph, one: Resource): number => {
  const variables = partOf(one, 'serviceConfig').environmentVariables as { readonly [name: string]: unknown };
  const paths = Object.entries(variables).flatMap(([name, value]) => (name.startsWith('HYBRID_TABLE_') ? [String(value)] : []));
  const indexed = graph
    .filter(({ type, name }) => type === 'gcp:firestore/index:Index' && name.endsWith('-changes'))
    .map(({ inputs }) => `databases/${String(inputs.database)}/documents/${String(inputs.collection)}`);
  return paths.filter((path) => indexed.some((end) => path.endsWith(end))).length;
};

const idle = (graph: Graph): readonly Usage[] => [
  ...counted(all(graph, 'job').length, { meter: 'gcp.scheduler.jobs', kind: 'schedule', what: 'jobs' }),
  ...all(graph, 'job').flatMap((job) => idleJob(graph, job)),
  ...counted(all(graph, 'secretVersion').length, { meter: 'gcp.secrets.versions', kind: 'secret', what: 'versions of secrets' }),
  // Turned over every 90 days, and none of a year is thrown away.
  ...counted(all(graph, 'key').length * 5, { meter: 'gcp.kms.keys', kind: 'secret', what: 'keys of our own, after a year' }),
  ...counted(
    all(graph, 'alarm').reduce((sum, alarm) => sum + Math.max(1, listOf(alarm, 'conditions').length), 0),
    {
      meter: 'gcp.alarms',
      kind: 'monitoring',
      what: 'conditions of alarms',
    },
  ),
  ...counted(all(graph, 'function').length * imageGibibytes, { meter: 'artifacts.storage', kind: 'function', what: 'images of functions' }),
  ...counted(all(graph, 'policy').length, { meter: 'armor.policies', kind: 'network-edge', what: 'firewalls' }),
  ...counted(
    all(graph, 'policy').reduce((sum, policy) => sum + listOf(policy, 'rules').length, 0),
    {
      meter: 'armor.rules',
      kind: 'network-edge',
      what: 'rules of firewalls',
    },
  ),
  ...counted(all(graph, 'rule').length * monthHours, { meter: 'balancer.rules', kind: 'network-edge', what: 'a load balancer' }),
];

/** A sweep asks each table what changed, and reads how far it came: two reads each; it writes that down again only where something had. */
const idleJob = (graph: Graph, job: Resource): readonly Usage[] => {
  const [one, runs] = [calledBy(graph, job), runsOf(job)];
  const swept = job.name.includes('-sweep') && one.name.includes('changes') ? sweptTables(graph, one) : 0;
  const called = requests(one, { runs, millis: backgroundMillis, kind: 'schedule', what: `${job.name} runs` });
  return swept === 0
    ? [...called, { meter: 'gcp.storage.writes', quantity: runs, kind: 'schedule', what: `${job.name} lists objects` }]
    : [...called, { meter: 'firestore.reads', quantity: runs * swept * 2, kind: 'schedule', what: `${job.name} reads` }];
};

const edge = (graph: Graph, bytes: number): readonly Usage[] => {
  const kind = 'network-edge';
  if (all(graph, 'rule').length === 0) return [];
  return [
    { meter: 'balancer.traffic', quantity: (million * bytes * 2) / gibibyte, kind, what: 'requests and answers' },
    ...(all(graph, 'policy').length === 0
      ? []
      : [{ meter: 'armor.requests', quantity: million, kind, what: 'requests inspected' } as const]),
  ];
};

const recovers = (graph: Graph): boolean =>
  all(graph, 'database').some(({ inputs }) => inputs.pointInTimeRecoveryEnablement === 'POINT_IN_TIME_RECOVERY_ENABLED');

const predictions = (graph: Graph, { request, logBytes, logLines, events, responseBytes, fold }: Prediction, traffic: Traffic) => {
  const serving = functionOf(graph, 'inference-predictions', 'inference-http', 'all-predictions', 'all-http');
  const millis = predictionMillis + forwardingMillis;
  const kept = (million * request.storedBytes) / gibibyte;
  // A sweep a minute folds what a tenant's partition got since the last one.
  const facts = traffic.predictionsAMonth / (monthSeconds / 60);
  const folds = (million / facts) * Math.min(traffic.tenants, facts);
  const usages: readonly Usage[] = [
    ...edge(graph, responseBytes),
    ...counted(all(graph, 'gateway').length * million, { meter: 'gcp.gateway.calls', kind: 'http-api', what: 'requests at the gateway' }),
    ...requests(functionOf(graph, 'edge'), { runs: million, millis, kind: 'http-api', what: 'requests forwarded' }),
    { meter: 'gcp.transfer.out', quantity: (million * responseBytes) / gibibyte, kind: 'http-api', what: 'answers' },
    ...requests(serving, { runs: million, millis: predictionMillis, kind: 'function', what: 'predictions' }),
    {
      meter: 'gcp.logs.ingestion',
      quantity: (million * logBytes) / gibibyte,
      kind: 'function',
      what: `log: ${logLines} line, ${logBytes} bytes`,
    },
    {
      meter: 'gcp.logs.ingestion',
      quantity: (2 * million * ownLogBytes) / gibibyte,
      kind: 'http-api',
      what: `Cloud Run’s own lines: ${ownLogBytes} bytes each`,
    },
    {
      meter: 'firestore.reads',
      quantity: million * request.reads,
      kind: 'table',
      what: `reads: ${request.reads} for key, tenant and endpoint`,
    },
    { meter: 'firestore.writes', quantity: million * request.items, kind: 'table', what: `writes: ${request.items} for the usage fact` },
    { meter: 'firestore.deletes', quantity: million * request.items, kind: 'table', what: 'facts that expire' },
    { meter: 'firestore.storage', quantity: kept * indexFactor, kind: 'table', what: 'facts with their indexes, kept a month' },
    ...(recovers(graph)
      ? [{ meter: 'firestore.recovery', quantity: kept * indexFactor, kind: 'table', what: 'facts, restorable for a month' } as const]
      : []),
    { meter: 'firestore.reads', quantity: million * readsAFact, kind: 'table', what: `facts, each read ${readsAFact} times by sweeps` },
    { meter: 'firestore.reads', quantity: folds * (fold.reads + 1), kind: 'table', what: 'folds: reads of roll-ups and progress' },
    { meter: 'firestore.writes', quantity: folds * (fold.items + 1), kind: 'table', what: 'folds: writes of roll-ups and progress' },
    ...counted((million * events * leastMessage) / gibibyte, { meter: 'pubsub.throughput', kind: 'event-bus', what: 'events' }),
  ];
  return usages;
};

/**
 * A sweep a minute looks for partitions with changes of that minute and the two before it, and a drain reads those of its partition of that minute and
 * the one before it, in which a commit may have begun.
 */
const readsAFact = 3 + 2;
/** What Cloud Run writes of each request, as JSON. */
const ownLogBytes = 600;
/** A document, and beside it what composite indexes hold of it: its name, key and sort, either way (Firestore, "Storage size calculations"). */
const indexFactor = 2;

/** How many subscriptions an event reaches, over all types that the contexts publish, by the filters as they are declared. */
const deliveriesAnEvent = (graph: Graph): number => {
  const heard = all(graph, 'subscription').filter(({ name }) => !name.includes('dead-letters'));
  const types = contexts.flatMap(({ publishes }) => publishes.map(({ type }) => type));
  const reached = types.map(
    (type) => heard.filter((one) => textOf(one, 'filter') === '' || textOf(one, 'filter').includes(`"${type}"`)).length,
  );
  return reached.reduce((sum, count) => sum + count, 0) / Math.max(1, types.length);
};

const events = (graph: Graph, { append, audit, bytes }: DomainEventCost): readonly Usage[] => {
  const deliveries = deliveriesAnEvent(graph);
  const documents = append.items;
  const size = Math.max(leastMessage, bytes) / gibibyte;
  const run = (context: string, trigger: string, runs: number, what: string, kind: Usage['kind']) =>
    requests(functionOf(graph, `${context}-${trigger}`, `all-${trigger}`), { runs, millis: backgroundMillis, kind, what });
  const bells = million * documents;
  return [
    {
      meter: 'firestore.reads',
      quantity: million * (append.reads + documents),
      kind: 'table',
      what: 'reads of the state, and of what is written',
    },
    { meter: 'firestore.writes', quantity: million * documents, kind: 'table', what: `writes: ${documents} for state and event` },
    { meter: 'eventarc.events', quantity: bells, kind: 'table', what: 'bells: one for each document' },
    { meter: 'pubsub.throughput', quantity: (2 * bells * leastMessage) / gibibyte, kind: 'table', what: 'bells, carried' },
    ...run('models', 'changes', bells, 'bells heard, one at a time', 'function'),
    { meter: 'firestore.reads', quantity: bells * 2, kind: 'table', what: 'draining: changes and progress' },
    { meter: 'firestore.writes', quantity: million, kind: 'table', what: 'draining: progress' },
    { meter: 'pubsub.throughput', quantity: million * size, kind: 'event-bus', what: `events of ${bytes} bytes` },
    { meter: 'pubsub.retention', quantity: million * size, kind: 'event-bus', what: 'events, kept for up to a month' },
    { meter: 'pubsub.throughput', quantity: million * deliveries * size, kind: 'subscriber', what: `${deliveries.toFixed(1)} deliveries` },
    ...run('models', 'events', million * deliveries, `${deliveries.toFixed(1)} deliveries, one at a time`, 'subscriber'),
    { meter: 'firestore.writes', quantity: million * audit.items, kind: 'table', what: 'the audit trail' },
  ];
};

const storage = (graph: Graph): readonly Usage[] => [
  { meter: 'firestore.storage', quantity: indexFactor, kind: 'table', what: 'in a table, with its indexes' },
  ...(recovers(graph)
    ? [{ meter: 'firestore.recovery', quantity: indexFactor, kind: 'table', what: 'restorable to a point in time' } as const]
    : []),
  { meter: 'gcp.storage', quantity: 1, kind: 'object-store', what: 'as objects; earlier versions count too' },
  { meter: 'gcp.logs.ingestion', quantity: 1, kind: 'monitoring', what: 'of logs, taken in' },
  { meter: 'pubsub.retention', quantity: 1, kind: 'event-bus', what: 'of events, kept' },
];

export const gcpUsage: CloudUsage = { idle, predictions, events, storage };
