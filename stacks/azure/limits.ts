import { type Failure, failed } from '../../domain/kernel/failure.ts';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import { bytesOf, millisOf } from '../../functions/kernel/context.ts';
import type { PlannedQueue, PlannedSchedule, PlannedTable, PlatformPlan } from '../platform.ts';
import { appsOf } from './apps.ts';
import { poisonOf, storageOf } from './names.ts';
import { expiriesOf } from './object-store.ts';
import type { Settings } from './options.ts';

/**
 * What Azure cannot do, however much one pays: https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits,
 * by service.
 */
export const limits = {
  /** As the port has it: what is above 48 KB goes by reference, since Storage Queue takes 64 KB and Base64 a third of them. */
  messageBytes: 256 * 1024,
  delayMillis: 7 * 86_400_000,
  visibilitySeconds: 7 * 86_400,
  batch: 32,
  transactionWrites: 100,
  /** Composite ones, of a container of Cosmos DB. */
  indexesPerContainer: 100,
  /** Of an account that is serverless. */
  containersPerAccount: 500,
  /** How long the load balancer before an app waits for an answer. */
  requestSeconds: 230,
  /** Of one Event Grid topic. */
  subscriptionsPerTopic: 500,
  /** Container of blobs, or queue. */
  storageName: 63,
  /** Of the one life-cycle policy that an account has. */
  expiriesPerAccount: 100,
  /** Of which Azure Functions makes an id of an app's own: two apps that begin alike would take each other's locks. */
  appName: 32,
  /** Small letters and digits. */
  storageAccount: 24,
  containerName: 255,
} as const;

/** What Pulumi appends to the logical name of an app, or of a storage account. */
const suffix = '12345678'.length;

/** All that a plan asks for and Azure cannot do, each with the reason. */
export const beyondAzure = (plan: PlatformPlan): Failure<'unsupported-by-azure'> | undefined => {
  const problems = [
    ...plan.tables.flatMap(ofTable),
    ...ofContainers(plan),
    ...plan.units.flatMap(ofUnit),
    ...plan.queues.flatMap(ofQueue),
    ...(plan.subscribers.length > limits.subscriptionsPerTopic
      ? [`there are ${plan.subscribers.length} subscribers, and a topic has at most ${limits.subscriptionsPerTopic} subscriptions`]
      : []),
    ...plan.schedules.flatMap(ofSchedule),
    ...ofStores(plan),
    ...ofNames(plan),
  ];
  if (problems.length === 0) return undefined;
  return failed('invalid', 'unsupported-by-azure', `Azure cannot do what is declared:\n${problems.map((one) => `  - ${one}`).join('\n')}`);
};

const ofTable = ({ name, needs, indexes }: PlannedTable): readonly string[] => {
  const writes = needs?.transactionWrites ?? 0;
  // Items are read by partition and sort key as well.
  const count = Object.keys(indexes).length + 1;
  return [
    ...(writes > limits.transactionWrites
      ? [`the table ${name} needs transactions of ${writes} writes, and Cosmos DB does at most ${limits.transactionWrites} at once`]
      : []),
    ...(count > limits.indexesPerContainer
      ? [`the table ${name} needs ${count} indexes, and a container of Cosmos DB has at most ${limits.indexesPerContainer}`]
      : []),
  ];
};

/** Beside the declared ones there are those of dead letters and of leases. */
const ofContainers = ({ tables }: PlatformPlan): readonly string[] =>
  tables.length + 2 > limits.containersPerAccount
    ? [
        `there are ${tables.length} tables, and an account of Cosmos DB has at most ${limits.containersPerAccount} containers, two of them the platform's`,
      ]
    : [];

const ofUnit = ({ name, trigger, timeoutSeconds }: PlatformPlan['units'][number]): readonly string[] =>
  trigger === 'http' && timeoutSeconds > limits.requestSeconds
    ? [`the function ${name} may take ${timeoutSeconds} s, and Azure lets go of a request after ${limits.requestSeconds} s`]
    : [];

const ofNeeds = ({ name, needs: { message = '0 KiB', delay = '0 s' } = {} }: PlannedQueue): readonly string[] => [
  ...(bytesOf(message) > limits.messageBytes ? [`the queue ${name} needs messages of ${message}, and carries at most 256 KiB`] : []),
  ...(millisOf(delay) > limits.delayMillis
    ? [`the queue ${name} needs delays of ${delay}, and Storage Queue holds back for at most 7 days`]
    : []),
];

const ofQueue = (queue: PlannedQueue): readonly string[] => [...ofNeeds(queue), ...ofPolicy(queue.name, queue.policy)];

const ofPolicy = (name: string, policy: QueuePolicy): readonly string[] => [
  ...(policy.visibilitySeconds > limits.visibilitySeconds
    ? [`the queue ${name} hides a message for ${policy.visibilitySeconds} s, and Storage Queue for at most 7 days`]
    : []),
  ...(policy.backoff.maxSeconds > limits.visibilitySeconds
    ? [`the queue ${name} waits up to ${policy.backoff.maxSeconds} s before it tries again, and Storage Queue at most 7 days`]
    : []),
  ...(policy.attempts < 1 ? [`the queue ${name} delivers ${policy.attempts} times, which is never`] : []),
  ...(policy.batchSize < 1 || policy.batchSize > limits.batch
    ? [`the queue ${name} takes ${policy.batchSize} at once, and Storage Queue gives 1 to ${limits.batch}`]
    : []),
];

/** One rule is for what was overwritten, and two for what Event Grid could not deliver. */
const ofStores = ({ stores }: PlatformPlan): readonly string[] => {
  const count = stores.flatMap(expiriesOf).length + 3;
  return count > limits.expiriesPerAccount
    ? [`objects expire by ${count} rules, and a storage account has at most ${limits.expiriesPerAccount}`]
    : [];
};

/** A timer counts in minutes that divide an hour, in hours that divide a day, or comes once a day (functions/entries/azure/cron.ts). */
const ofSchedule = ({ schedule, everySeconds }: PlannedSchedule): readonly string[] => {
  const divides = (unit: number, whole: number) => everySeconds >= unit && everySeconds % unit === 0 && whole % everySeconds === 0;
  return divides(60, 3600) || divides(3600, 86_400)
    ? []
    : [
        `the schedule ${schedule} comes every ${everySeconds} s, and a timer counts in minutes that divide an hour or hours that divide a day`,
      ];
};

const ofNames = (plan: PlatformPlan): readonly string[] => [
  ...appsOf(plan)
    .filter(({ name }) => `${name}-app`.length + suffix > limits.appName)
    .map(({ name }) => `the app ${name} would be called ${name}-app and more, longer than ${limits.appName} characters`),
  ...appsOf(plan)
    .filter(({ name }) => storageOf(name).length + suffix > limits.storageAccount)
    .map(
      ({ name }) =>
        `the storage account of the app ${name} would be called ${storageOf(name)} and more, longer than ${limits.storageAccount} characters`,
    ),
  ...unnameable(
    'queue',
    [...plan.queues, ...plan.subscribers].map(({ name }) => poisonOf(name)),
  ),
  ...unnameable(
    'store',
    plan.stores.map(({ name }) => name),
  ),
  ...unnameable(
    'app',
    appsOf(plan).map(({ name }) => `${name}-packages`),
  ),
  ...plan.tables
    .filter(({ name }) => name.length > limits.containerName)
    .map(({ name }) => `the table ${name} has a name of more than ${limits.containerName} characters`),
];

/** Small letters, digits and single dashes between them, three at least. */
const storageName = /^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,}$/;

const unnameable = (kind: string, names: readonly string[]): readonly string[] =>
  names
    .filter((name) => name.length > limits.storageName || !storageName.test(name))
    .map(
      (name) => `the ${kind} would be called ${name}: Storage takes up to ${limits.storageName} small letters, digits and single dashes`,
    );

export type AzureFailure = Failure<'region-without-flex' | 'wrong-subscription' | 'invalid-configuration'>;

/** `regions` are those that Azure says all functions of this stack can run in, by whatever name; nothing where it could not be asked. */
export const regionFailure = ({ region }: Pick<Settings, 'region'>, regions: readonly string[] | undefined): AzureFailure | undefined =>
  regions === undefined || regions.some((one) => one.toLowerCase().replaceAll(/[^a-z0-9]/g, '') === region)
    ? undefined
    : failed(
        'invalid',
        'region-without-flex',
        `There is no Flex Consumption in ${region}, which all functions run on: see "az functionapp list-flexconsumption-locations".`,
      );

/** Whoever deploys may be signed in to another subscription than the stack belongs to. */
export const subscriptionFailure = (
  { allowedSubscription, stack }: Pick<Settings, 'allowedSubscription' | 'stack'>,
  subscriptionId: string,
): AzureFailure | undefined =>
  allowedSubscription === undefined || allowedSubscription === subscriptionId
    ? undefined
    : failed(
        'forbidden',
        'wrong-subscription',
        `The credentials are for the subscription ${subscriptionId}, and ${stack} belongs to ${allowedSubscription} (platform:allowedSubscription).`,
      );

/** Settings that name apps which do not exist. */
export const unknownApps = (plan: PlatformPlan, { packages }: Pick<Settings, 'packages'>): AzureFailure | undefined => {
  const names = [...appsOf(plan).map(({ name }) => name), 'edge'];
  const unknown = Object.keys(packages).filter((name) => !names.includes(name));
  if (unknown.length === 0) return undefined;
  return failed('invalid', 'invalid-configuration', `There is no app ${unknown.join(', ')}; there are ${names.join(', ')}.`);
};
