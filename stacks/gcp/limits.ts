import { type Failure, failed } from '../../domain/kernel/failure.ts';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import { tableLimits } from '../../domain/kernel/table-rules.ts';
import { bytesOf, millisOf } from '../../functions/kernel/context.ts';
import type { PlannedQueue, PlannedSchedule, PlannedStore, PlannedTable, PlatformPlan } from '../platform.ts';
import { filterBytes, filtersOf } from './filters.ts';
import type { Settings } from './options.ts';
import { isRegular } from './schedule.ts';
import { functionName, prefixOf } from './site.ts';
import { databaseName } from './stores.ts';

/**
 * What Google Cloud cannot do, however much one pays: the pages "Quotas and limits" of each service. What can be asked to be raised is here as what
 * a project begins with.
 */
export const limits = {
  /** As the port has it; Firestore itself takes 500 in one commit. */
  transactionWrites: Math.min(500, tableLimits.transactionWrites),
  /** Composite ones, of a database. */
  indexesPerDatabase: 1000,
  /** Fields with settings of their own, of a database. */
  fieldsPerDatabase: 200,
  databases: 100,
  /** As the port has it; Pub/Sub itself takes 10 MB. */
  messageBytes: 256 * 1024,
  /** Of one with a delay, which lies in a task of at most 100 KB, in base64 twice (adapters/gcp/queue.ts). */
  delayedMessageBytes: 50 * 1024,
  /** As the port has it; Cloud Tasks itself holds back for 30 days. */
  delayMillis: 15 * 60_000,
  acknowledgeSeconds: 600,
  /** How long Cloud Scheduler waits for an answer. */
  scheduleSeconds: 1800,
  requestSeconds: 3600,
  backOffSeconds: 600,
  leastAttempts: 5,
  attempts: 100,
  subscriptionsPerTopic: 10_000,
  shortestScheduleSeconds: 60,
  /** So that, with a project's number, it is one label of a domain's name. */
  functionName: 49,
  databaseName: 63,
  bucketName: 63,
} as const;

/** What Pulumi appends to a logical name. */
const suffix = '-1234567'.length;

/** All that a plan asks for and Google Cloud cannot do, each with the reason. */
export const beyondGoogle = (plan: PlatformPlan, environment: string): Failure<'unsupported-by-gcp'> | undefined => {
  const problems = [
    ...plan.tables.flatMap(ofTable),
    ...ofDatabases(plan),
    ...plan.queues.flatMap(ofQueue),
    ...plan.subscribers.flatMap(({ name, attempts, types }) => [...ofAttempts(`subscriber ${name}`, attempts), ...ofTypes(name, types)]),
    ...ofTopic(plan),
    ...plan.units.flatMap(ofUnit),
    ...plan.schedules.flatMap(ofSchedule),
    ...plan.stores.flatMap(ofStore),
    ...ofNames(plan, prefixOf(environment)),
  ];
  if (problems.length === 0) return undefined;
  const detail = `Google Cloud cannot do what is declared:\n${problems.map((one) => `  - ${one}`).join('\n')}`;
  return failed('invalid', 'unsupported-by-gcp', detail);
};

const ofTable = ({ name, needs, indexes }: PlannedTable): readonly string[] => {
  const writes = needs?.transactionWrites ?? 0;
  return [
    ...(writes > limits.transactionWrites
      ? [`the table ${name} needs transactions of ${writes} writes, and a table does at most ${limits.transactionWrites} at once`]
      : []),
    ...Object.entries(indexes).flatMap(([index, { partition, sort }]) =>
      [partition, sort]
        .filter((attribute) => !/^[A-Za-z_]\w*$/.test(attribute))
        .map(
          (attribute) => `the index ${index} of ${name} is by "${attribute}", and Firestore takes letters, digits and _ of a field's name`,
        ),
    ),
  ];
};

/** Each order in which items are read takes an index either way, and the changes one more. */
const indexesOf = ({ indexes, changes }: PlannedTable): number => 2 + 2 * Object.keys(indexes).length + (changes === undefined ? 0 : 1);

/** What expires, all other fields, and when something was written. */
const fieldsOf = ({ changes }: PlannedTable): number => (changes === undefined ? 2 : 3);

const ofDatabases = ({ tables }: PlatformPlan): readonly string[] => {
  const contexts = [...new Set(tables.map(({ context }) => context))];
  const crowded = contexts.flatMap((context) => {
    const sum = (of: (table: PlannedTable) => number) =>
      tables.filter((table) => table.context === context).reduce((count, table) => count + of(table), 0);
    const tooMany = (count: number, what: string, most: number) =>
      count > most ? [`the tables of ${context} need ${count} ${what}, and a database of Firestore has at most ${most}`] : [];
    return [
      ...tooMany(sum(indexesOf), 'indexes', limits.indexesPerDatabase),
      ...tooMany(sum(fieldsOf), 'settings of single fields', limits.fieldsPerDatabase),
    ];
  });
  return contexts.length > limits.databases
    ? [...crowded, `${contexts.length} contexts have tables, and a project has at most ${limits.databases} databases`]
    : crowded;
};

const ofQueue = ({ name, policy, needs: { message = '0 KiB', delay = '0 s' } = {} }: PlannedQueue): readonly string[] => [
  ...(bytesOf(message) > limits.messageBytes ? [`the queue ${name} needs messages of ${message}, and carries at most 256 KiB`] : []),
  ...(millisOf(delay) > limits.delayMillis
    ? [`the queue ${name} needs delays of ${delay}, and a message is held back for at most 15 minutes`]
    : []),
  ...(millisOf(delay) > 0 && bytesOf(message) > limits.delayedMessageBytes
    ? [
        `the queue ${name} needs messages of ${message} with delays of ${delay}, and one with a delay is a task of Cloud Tasks, which carries at most 50 KiB`,
      ]
    : []),
  ...ofPolicy(name, policy),
];

const ofPolicy = (name: string, { visibilitySeconds, attempts, backoff }: QueuePolicy): readonly string[] => [
  ...(visibilitySeconds > limits.acknowledgeSeconds
    ? [`the queue ${name} hides a message for ${visibilitySeconds} s, and Pub/Sub for at most ten minutes (${limits.acknowledgeSeconds} s)`]
    : []),
  ...(backoff.maxSeconds > limits.backOffSeconds
    ? [
        `the queue ${name} waits up to ${backoff.maxSeconds} s before it tries again, and Pub/Sub at most ten minutes (${limits.backOffSeconds} s)`,
      ]
    : []),
  ...(backoff.baseSeconds > backoff.maxSeconds
    ? [
        `the queue ${name} waits ${backoff.baseSeconds} s at first and at most ${backoff.maxSeconds} s, and Pub/Sub wants the first to be the less`,
      ]
    : []),
  ...ofAttempts(`queue ${name}`, attempts),
];

const ofAttempts = (what: string, attempts: number): readonly string[] =>
  attempts < limits.leastAttempts || attempts > limits.attempts
    ? [`the ${what} delivers ${attempts} times, and Pub/Sub ${limits.leastAttempts} to ${limits.attempts} times before it gives up`]
    : [];

const ofTypes = (name: string, types: readonly string[] | '*'): readonly string[] =>
  filtersOf(types)
    .filter((filter) => Buffer.byteLength(filter) > filterBytes)
    .map((filter) => `the subscriber ${name} filters by ${Buffer.byteLength(filter)} bytes, and Pub/Sub takes ${filterBytes}: ${filter}`);

const ofTopic = ({ subscribers }: PlatformPlan): readonly string[] => {
  const count = subscribers.reduce((sum, { types }) => sum + filtersOf(types).length, 0);
  return count > limits.subscriptionsPerTopic
    ? [`events need ${count} subscriptions, and a topic of Pub/Sub has at most ${limits.subscriptionsPerTopic}`]
    : [];
};

/** How long whoever calls a function waits for its answer; what is not answered by then comes again while the first still runs. */
const patienceOf: { readonly [trigger: string]: readonly [caller: string, seconds: number] } = {
  http: ['Cloud Run', limits.requestSeconds],
  schedules: ['Cloud Scheduler', limits.scheduleSeconds],
  changes: ['Eventarc', limits.acknowledgeSeconds],
  events: ['Pub/Sub', limits.acknowledgeSeconds],
  queues: ['Pub/Sub', limits.acknowledgeSeconds],
  'dead-letters': ['Pub/Sub', limits.acknowledgeSeconds],
};

const ofUnit = ({ name, trigger, timeoutSeconds }: PlatformPlan['units'][number]): readonly string[] => {
  const [caller, most] = patienceOf[trigger] ?? ['', Number.POSITIVE_INFINITY];
  return timeoutSeconds > most ? [`the function ${name} may take ${timeoutSeconds} s, and ${caller} waits ${most} s for an answer`] : [];
};

const ofSchedule = ({ schedule, everySeconds }: PlannedSchedule): readonly string[] =>
  everySeconds < limits.shortestScheduleSeconds || !isRegular(everySeconds)
    ? [
        `the schedule ${schedule} comes every ${everySeconds} s, and Cloud Scheduler knows only what divides an hour in minutes or a day in hours`,
      ]
    : [];

const ofStore = ({ name }: PlannedStore): readonly string[] =>
  name.includes('google') || name.startsWith('goog')
    ? [`the store ${name} would be a bucket whose name has "google" in it, which Cloud Storage refuses`]
    : [];

const ofNames = (plan: PlatformPlan, prefix: string): readonly string[] => [
  ...plan.units.flatMap(({ name }) => misnamed('function', name, functionName({ prefix }, name), limits.functionName)),
  ...[...new Set(plan.tables.map(({ context }) => context))].flatMap((context) =>
    misnamed('database', context, databaseName({ prefix }, context), limits.databaseName),
  ),
  ...plan.stores.flatMap(({ name }) =>
    misnamed('store', name, `${name}-bucket`.padEnd(`${name}-bucket`.length + suffix, 'x'), limits.bucketName),
  ),
];

const misnamed = (kind: string, name: string, called: string, most: number): readonly string[] => {
  if (called.length > most) return [`the ${kind} ${name} would be called ${called}, longer than ${most} characters`];
  return /^[a-z][a-z0-9-]*[a-z0-9]$/.test(called)
    ? []
    : [`the ${kind} ${name} would be called ${called}, and Google Cloud takes small letters, digits and dashes`];
};

/** Where Cloud Run functions, Firestore, Eventarc for Firestore, Pub/Sub, Cloud Tasks, Cloud Scheduler and Cloud KMS all are, in November 2026. */
const regions: ReadonlySet<string> = new Set([
  ...['africa-south1', 'asia-east1', 'asia-east2', 'asia-northeast1', 'asia-northeast2', 'asia-northeast3', 'asia-south1', 'asia-south2'],
  ...['asia-southeast1', 'asia-southeast2', 'australia-southeast1', 'australia-southeast2', 'europe-central2', 'europe-north1'],
  ...['europe-southwest1', 'europe-west1', 'europe-west2', 'europe-west3', 'europe-west4', 'europe-west6', 'europe-west8', 'europe-west9'],
  ...['europe-west10', 'europe-west12', 'me-central1', 'me-west1', 'northamerica-northeast1', 'northamerica-northeast2'],
  ...['southamerica-east1', 'southamerica-west1', 'us-central1', 'us-east1', 'us-east4', 'us-east5', 'us-south1', 'us-west1', 'us-west2'],
  ...['us-west3', 'us-west4'],
]);

export const unservedRegion = ({ region }: Pick<Settings, 'region'>): Failure<'region-without-service'> | undefined =>
  regions.has(region)
    ? undefined
    : failed(
        'invalid',
        'region-without-service',
        `gcp:region ${region} is not known to have all that the platform needs (Cloud Run functions, Firestore, Eventarc, Cloud Scheduler); these do: ${[...regions].join(', ')}.`,
      );

/** Settings that name functions which do not exist. */
export const unknownUnits = (plan: PlatformPlan, settings: Pick<Settings, 'maximumInstances' | 'rollout'>): Failure | undefined => {
  const names = plan.units.map(({ name }) => name);
  const kinds = plan.units.map(({ trigger }) => trigger as string);
  const unknown = [
    ...Object.keys(settings.maximumInstances).filter((key) => !names.includes(key) && !kinds.includes(key)),
    ...settings.rollout.filter((key) => !names.includes(key)),
  ];
  if (unknown.length === 0) return undefined;
  return failed('invalid', 'invalid-configuration', `There is no function ${unknown.join(', ')}; there are ${names.join(', ')}.`);
};
