import type { Input, Resource as PulumiResource } from '@pulumi/pulumi';
import { failedChanges, resourceVariable } from '../../functions/kernel/resources.ts';
import { type FunctionUnit, greedyPaths } from '../../functions/kernel/units.ts';
import type { PlatformPlan } from '../platform.ts';
import type { Deliveries } from './deliveries.ts';
import { EventSource, fromChanges, fromQueue } from './event-source.ts';
import type { PlatformFunction } from './function.ts';
import type { Functions } from './functions.ts';
import type { Places } from './grants.ts';
import { HttpApi, otherPaths } from './http-api.ts';
import type { Keys } from './keys.ts';
import type { Settings } from './options.ts';
import { type KeyUse, keyStatements, Role } from './role.ts';
import { Schedule } from './schedule.ts';
import type { Stores } from './stores.ts';
import type { Table } from './table.ts';
import type { Transforms } from './transforms.ts';

export type SourcesArgs = {
  readonly plan: PlatformPlan;
  readonly settings: Settings;
  readonly functions: Functions;
  readonly stores: Stores;
  readonly deliveries: Deliveries;
  readonly places: Places;
  readonly keys: Keys;
  readonly accountId: Input<string>;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

/** One collector is enough: dead letters are rare, or something is wrong that no second one would right. */
const collectors = 2;

/** Connects the functions with what calls them. */
export const connect = (args: SourcesArgs): { readonly api: HttpApi; readonly streams: readonly string[] } => {
  readQueues(args);
  const streams = readChanges(args);
  keepSchedules(args);
  return { api: serve(args), streams };
};

const readQueues = ({ settings, functions, deliveries, transforms, parent }: SourcesArgs): void => {
  const read = (sources: Deliveries['deadLetters'], suffix: string, concurrency: number): void => {
    for (const { name, unit, queue, batchSize } of sources)
      new EventSource(
        `${name}-${suffix}`,
        {
          functionArn: (functions[unit] as PlatformFunction).arn,
          mapping: fromQueue(queue.arn, batchSize, concurrency),
          transform: transforms.eventSource?.[`${name}-${suffix}`],
        },
        { parent },
      );
  };
  read(deliveries.subscribers, 'delivery', settings.queueConcurrency);
  read(deliveries.queues, 'work', settings.queueConcurrency);
  read(deliveries.deadLetters, 'collection', collectors);
};

const readChanges = ({ plan, functions, stores, places, transforms, parent }: SourcesArgs): readonly string[] => {
  const laidAside = places.get(resourceVariable(failedChanges))?.arn ?? '';
  return plan.tables.flatMap(({ name, changes }) => {
    if (changes === undefined) return [];
    const { streamArn } = stores.tables[name] as Table;
    new EventSource(
      `${name}-changes`,
      {
        functionArn: (functions[changes.unit] as PlatformFunction).arn,
        mapping: fromChanges(streamArn, changes.eventsOnly, laidAside),
        transform: transforms.eventSource?.[`${name}-changes`],
      },
      { parent },
    );
    return [changes.unit];
  });
};

const keepSchedules = ({ plan, functions, deliveries, keys, accountId, transforms, parent }: SourcesArgs): void => {
  if (plan.schedules.length === 0) return;
  const called = [...new Set(plan.schedules.map(({ unit }) => unit))].map((unit) => (functions[unit] as PlatformFunction).arn);
  const ofKey: readonly KeyUse[] =
    keys.messages === undefined ? [] : [{ ...keys.messages, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] }];
  const { arn: roleArn } = new Role(
    'schedules',
    {
      service: 'scheduler.amazonaws.com',
      accountId,
      statements: [
        { Sid: 'Call', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: called },
        { Sid: 'GiveUp', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: deliveries.ofSchedules.arn },
        ...keyStatements(ofKey),
      ],
    },
    { parent },
  );
  for (const { name, schedule, everySeconds, unit } of plan.schedules)
    new Schedule(
      name,
      {
        ...{ schedule, everySeconds, roleArn },
        functionArn: (functions[unit] as PlatformFunction).arn,
        deadLetterArn: deliveries.ofSchedules.arn,
        transform: transforms.schedule?.[name],
      },
      { parent },
    );
};

const serve = ({ plan, settings, functions, keys, transforms, parent }: SourcesArgs): HttpApi =>
  new HttpApi(
    'api',
    {
      targets: Object.fromEntries(
        plan.units
          .filter(({ trigger }) => trigger === 'http')
          .map((unit) => [unit.name, { paths: pathsTo(unit), ...targetOf(functions[unit.name] as PlatformFunction) }]),
      ),
      requestsPerSecond: settings.requestsPerSecond,
      requestBurst: settings.requestBurst,
      logRetentionDays: settings.logRetentionDays,
      logKeyArn: keys.logs?.arn,
      enableDefaultEndpoint: settings.domain === undefined,
      transform: transforms.httpApi?.api,
    },
    { parent },
  );

/** The platform's own context says also where there is nothing. */
const pathsTo = (unit: FunctionUnit): readonly string[] =>
  unit.contexts.some(({ name }) => name === 'platform') ? [...greedyPaths(unit), otherPaths] : greedyPaths(unit);

const targetOf = ({ functionName, invokeArn, aliasName }: PlatformFunction) => ({ functionName, invokeArn, aliasName });
