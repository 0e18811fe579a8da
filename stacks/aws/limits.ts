import { type Failure, failed } from '../../domain/kernel/failure.ts';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import { bytesOf, millisOf } from '../../functions/kernel/context.ts';
import { greedyPaths } from '../../functions/kernel/units.ts';
import type { PlannedQueue, PlannedSchedule, PlannedSubscriber, PlannedTable, PlatformPlan } from '../platform.ts';

/**
 * What AWS cannot do, however much one pays: `https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html`, by service. What can be
 * asked to be raised is here as what an account begins with.
 */
export const limits = {
  routesPerApi: 300,
  indexesPerTable: 20,
  transactionWrites: 100,
  /** As the port has it; SQS itself takes a MiB. */
  messageBytes: 256 * 1024,
  delayMillis: 15 * 60_000,
  visibilitySeconds: 43_200,
  attempts: 1000,
  batch: 10_000,
  patternBytes: 2048,
  rulesPerBus: 300,
  shortestScheduleSeconds: 60,
  functionName: 64,
  /** Of a rule, and of its target. */
  ruleName: 64,
  queueName: 80,
  bucketName: 63,
} as const;

/** What Pulumi appends to a logical name. */
const suffix = '-1234567'.length;

/** A redelivered message should find that whoever had it is done: six time-outs, as AWS advises. */
export const visibilityOf = (timeoutSeconds: number, declared = 0): number => Math.max(declared, 6 * timeoutSeconds);

/** All that a plan asks for and AWS cannot do, each with the reason. */
export const beyondAws = (plan: PlatformPlan): Failure<'unsupported-by-aws'> | undefined => {
  const problems = [
    ...ofRoutes(plan),
    ...plan.tables.flatMap(ofTable),
    ...plan.queues.flatMap(ofQueue),
    ...plan.subscribers.flatMap(ofSubscriber),
    ...(plan.subscribers.length > limits.rulesPerBus
      ? [`there are ${plan.subscribers.length} subscribers, and a bus has at most ${limits.rulesPerBus} rules`]
      : []),
    ...plan.schedules.flatMap(ofSchedule),
    ...ofNames(plan),
  ];
  if (problems.length === 0) return undefined;
  return failed('invalid', 'unsupported-by-aws', `AWS cannot do what is declared:\n${problems.map((one) => `  - ${one}`).join('\n')}`);
};

const ofRoutes = ({ units }: PlatformPlan): readonly string[] => {
  const paths = units.flatMap(greedyPaths).length;
  return paths > limits.routesPerApi ? [`${paths} routes are needed, and an HTTP API has at most ${limits.routesPerApi}`] : [];
};

const ofTable = ({ name, indexes, needs }: PlannedTable): readonly string[] => {
  const count = Object.keys(indexes).length;
  const writes = needs?.transactionWrites ?? 0;
  return [
    ...(count > limits.indexesPerTable
      ? [`the table ${name} has ${count} indexes, and DynamoDB keeps at most ${limits.indexesPerTable}`]
      : []),
    ...(writes > limits.transactionWrites
      ? [`the table ${name} needs transactions of ${writes} writes, and DynamoDB does at most ${limits.transactionWrites} at once`]
      : []),
  ];
};

const ofNeeds = ({ name, needs: { message = '0 KiB', delay = '0 s' } = {} }: PlannedQueue): readonly string[] => [
  ...(bytesOf(message) > limits.messageBytes ? [`the queue ${name} needs messages of ${message}, and carries at most 256 KiB`] : []),
  ...(millisOf(delay) > limits.delayMillis
    ? [`the queue ${name} needs delays of ${delay}, and SQS holds back for at most 15 minutes`]
    : []),
];

const ofQueue = (queue: PlannedQueue): readonly string[] => [...ofNeeds(queue), ...ofPolicy(queue.name, queue.policy)];

const ofPolicy = (name: string, policy: QueuePolicy): readonly string[] => [
  ...(policy.visibilitySeconds > limits.visibilitySeconds
    ? [`the queue ${name} hides a message for ${policy.visibilitySeconds} s, and SQS for at most 12 hours (${limits.visibilitySeconds} s)`]
    : []),
  ...(policy.backoff.maxSeconds > limits.visibilitySeconds
    ? [
        `the queue ${name} waits up to ${policy.backoff.maxSeconds} s before it tries again, and SQS at most 12 hours (${limits.visibilitySeconds} s)`,
      ]
    : []),
  ...ofAttempts(`queue ${name}`, policy.attempts),
  ...(policy.batchSize > limits.batch ? [`the queue ${name} takes ${policy.batchSize} at once, and Lambda at most ${limits.batch}`] : []),
];

const ofSubscriber = ({ name, attempts, types }: PlannedSubscriber): readonly string[] => {
  const bytes = Buffer.byteLength(JSON.stringify(types));
  return [
    ...ofAttempts(`subscriber ${name}`, attempts),
    ...(bytes > limits.patternBytes
      ? [`the subscriber ${name} names its events in ${bytes} bytes, and a rule takes ${limits.patternBytes}`]
      : []),
  ];
};

const ofAttempts = (what: string, attempts: number): readonly string[] =>
  attempts < 1 || attempts > limits.attempts ? [`the ${what} delivers ${attempts} times, and SQS 1 to ${limits.attempts} times`] : [];

const ofSchedule = ({ schedule, everySeconds }: PlannedSchedule): readonly string[] =>
  everySeconds < limits.shortestScheduleSeconds || everySeconds % 60 !== 0
    ? [`the schedule ${schedule} comes every ${everySeconds} s, and EventBridge Scheduler counts in whole minutes`]
    : [];

const ofNames = (plan: PlatformPlan): readonly string[] => [
  ...tooLong('function', plan.units, '-function', limits.functionName),
  ...tooLong('queue', [...plan.queues, ...plan.subscribers], '-dead-letters-queue', limits.queueName),
  ...tooLong('subscriber', plan.subscribers, '-target', limits.ruleName),
  ...tooLong('store', plan.stores, '-bucket', limits.bucketName),
  ...tooLong('schedule', plan.schedules, '-schedule', limits.functionName),
];

const tooLong = (kind: string, parts: readonly { readonly name: string }[], ending: string, most: number): readonly string[] =>
  parts
    .filter(({ name }) => name.length + ending.length + suffix > most)
    .map(({ name }) => `the ${kind} ${name} would be called ${name}${ending} and more, longer than ${most} characters`);
