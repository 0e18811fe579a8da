import { asset, type Input, jsonStringify, type Resource as PulumiResource } from '@pulumi/pulumi';
import { failedChanges, modelTrials, resourceVariable } from '../../functions/kernel/resources.ts';
import type { FunctionUnit } from '../../functions/kernel/units.ts';
import type { Bundle } from '../bundle.ts';
import type { PlatformPlan } from '../platform.ts';
import type { CodeStore } from './code-store.ts';
import type { Statement } from './component.ts';
import type { Deliveries, Source } from './deliveries.ts';
import { type FunctionArgs, PlatformFunction } from './function.ts';
import type { KeyUsed, Places } from './grants.ts';
import type { Keys } from './keys.ts';
import type { Settings } from './options.ts';
import { type KeyUse, keyStatements, keyUsesOf, placeOf, statementsOf } from './role.ts';
import { reservedOf } from './settings-limits.ts';
import type { Stores } from './stores.ts';
import type { Table } from './table.ts';
import type { Transforms } from './transforms.ts';

export type FunctionsArgs = {
  readonly plan: PlatformPlan;
  readonly settings: Settings;
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly codeStore: CodeStore;
  readonly places: Places;
  readonly stores: Stores;
  readonly deliveries: Deliveries;
  readonly keys: Keys;
  /** What the network before the API proves itself with, as its SHA-256. */
  readonly originSecretHash?: Input<string> | undefined;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

export type Functions = { readonly [unit: string]: PlatformFunction };

export const makeFunctions = (args: FunctionsArgs): Functions => {
  // Others call what tries models, and have to be told where it is.
  const trying = args.plan.units.filter(isTrying).map((unit) => [unit.name, functionOf(args, unit)] as const);
  const places = new Map([...args.places, ...trying.map(([, { arn }]) => [resourceVariable(modelTrials), { arn, value: arn }] as const)]);
  const others = args.plan.units.filter((unit) => !isTrying(unit));
  return Object.fromEntries([...trying, ...others.map((unit) => [unit.name, functionOf({ ...args, places }, unit)] as const)]);
};

const isTrying = ({ trigger }: FunctionUnit): boolean => trigger === 'trials';

const functionOf = (args: FunctionsArgs, unit: FunctionUnit): PlatformFunction => {
  const { settings, places, keys, parent } = args;
  const triggers = triggerOf(args, unit);
  const runsModels = unit.native.includes('onnxruntime');
  const rollout = settings.rollout[unit.name];
  return new PlatformFunction(
    unit.name,
    {
      context: unit.contexts.length === 1 ? (unit.contexts[0]?.name ?? 'all') : 'all',
      ...codeOf(args, unit),
      architecture: runsModels ? settings.modelArchitecture : settings.architecture,
      memoryMegabytes: runsModels ? settings.modelMemoryMegabytes : settings.memoryMegabytes,
      ...(runsModels ? { diskMegabytes: settings.modelDiskMegabytes } : {}),
      timeoutSeconds: unit.timeoutSeconds,
      environment: environmentOf(args, unit),
      statements: [
        ...statementsOf(unit.grants, places),
        ...triggers.statements,
        ...keyStatements([...keyUsesOf(unit.grants, places), ...triggers.keys]),
      ],
      logRetentionDays: settings.logRetentionDays,
      logKeyArn: keys.logs?.arn,
      reservedConcurrency: reservedOf(unit, settings),
      stableVersion: rollout?.stable,
      candidatePercent: rollout?.percent,
      ...(unit.trigger === 'schedules' ? { deadLetterArn: args.deliveries.ofSchedules.arn } : {}),
      transform: args.transforms.function?.[unit.name],
    },
    { parent },
  );
};

/** A larger zip cannot be handed to Lambda directly. */
const largestDirectZip = 50 * 1000 * 1000;

const codeOf = (
  { bundles, codeStore }: FunctionsArgs,
  { name }: FunctionUnit,
): Pick<FunctionArgs, 'code' | 'codeBucket' | 'codeKey' | 'codeHash'> => {
  const { zip, sha256, zipBytes } = bundles.get(name) as Bundle;
  const codeHash = Buffer.from(sha256, 'hex').toString('base64');
  if (zipBytes < largestDirectZip) return { code: new asset.FileArchive(zip), codeHash };
  return { ...codeStore.keep(name, zip, sha256), codeHash };
};

type Trigger = { readonly statements: readonly Statement[]; readonly keys: readonly KeyUse[] };
const nothing: Trigger = { statements: [], keys: [] };

/** What Lambda needs to read a function's sources for it, with the function's own role. */
const triggerOf = (args: FunctionsArgs, unit: FunctionUnit): Trigger => {
  switch (unit.trigger) {
    case 'events':
      return receiving(args, args.deliveries.subscribers, unit);
    case 'queues':
      return receiving(args, args.deliveries.queues, unit);
    case 'dead-letters':
      return receiving(args, args.deliveries.deadLetters, unit);
    case 'changes':
      return readingChanges(args, unit);
    case 'schedules':
      return givingUp(args);
    case 'http':
    case 'trials':
      return nothing;
  }
};

const receiving = ({ keys }: FunctionsArgs, sources: readonly Source[], unit: FunctionUnit): Trigger => ({
  statements: [
    {
      Sid: 'ReceiveMessages',
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      Resource: sources.filter((source) => source.unit === unit.name).map(({ queue }) => queue.arn),
    },
  ],
  keys: using(keys.messages, ['kms:Decrypt']),
});

const readingChanges = ({ plan, stores, places, keys }: FunctionsArgs, unit: FunctionUnit): Trigger => ({
  statements: [
    {
      Sid: 'ReadChanges',
      Effect: 'Allow',
      Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      Resource: consumed(plan, unit).map(({ name }) => (stores.tables[name] as Table).streamArn),
    },
    // Putting objects there is granted already; Lambda also wants to list.
    { Sid: 'LayAside', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: placeOf(failedChanges, places).arn },
  ],
  keys: using(keys.data, ['kms:Decrypt']),
});

const givingUp = ({ keys, deliveries }: FunctionsArgs): Trigger => ({
  statements: [{ Sid: 'GiveUp', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: deliveries.ofSchedules.arn }],
  keys: using(keys.messages, ['kms:Decrypt', 'kms:GenerateDataKey']),
});

const using = (key: KeyUsed | undefined, actions: readonly string[]): readonly KeyUse[] => (key === undefined ? [] : [{ ...key, actions }]);

const consumed = (plan: PlatformPlan, unit: FunctionUnit) => plan.tables.filter(({ changes }) => changes?.unit === unit.name);

/** Where everything is that a function may touch, and which of its sources is what. */
const environmentOf = (args: FunctionsArgs, unit: FunctionUnit): FunctionArgs['environment'] => {
  const { plan, places, deliveries } = args;
  const touched = [
    ...unit.grants.map(({ resource }) => resource),
    ...(unit.trigger === 'changes' ? consumed(plan, unit).map(({ resource }) => resource) : []),
  ];
  const queues = deliveries.queues.filter((source) => source.unit === unit.name || unit.trigger === 'dead-letters');
  const subscribers = deliveries.subscribers.filter((source) => source.unit === unit.name || unit.trigger === 'dead-letters');
  return {
    ...Object.fromEntries(touched.map((resource) => [resourceVariable(resource), placeOf(resource, places).value])),
    ...Object.fromEntries(queues.map(({ variable, queue }) => [variable, queue.url])),
    ...(subscribers.length === 0
      ? {}
      : { HYBRID_SUBSCRIPTIONS: jsonStringify(subscribers.map(({ queue, serves }) => [queue.queueName, serves])).apply(entries) }),
    ...(unit.trigger === 'http' && args.originSecretHash !== undefined ? { HYBRID_ORIGIN_SECRET_SHA256: args.originSecretHash } : {}),
  };
};

/** Pairs as an object: the names of queues are known only when these are there. */
const entries = (pairs: string): string => JSON.stringify(Object.fromEntries(JSON.parse(pairs) as [string, string[]][]));
