import type { Output, Resource as PulumiResource } from '@pulumi/pulumi';
import { bus as busResource, resourceVariable } from '../../functions/kernel/resources.ts';
import { immutableDaysOf, type PlatformPlan } from '../platform.ts';
import { Database } from './database.ts';
import { EventBus } from './event-bus.ts';
import type { Place } from './grants.ts';
import type { Keys } from './keys.ts';
import { ObjectStore } from './object-store.ts';
import type { Target } from './role.ts';
import { Secret } from './secret.ts';
import type { Site } from './site.ts';
import { Table } from './table.ts';
import type { Transforms } from './transforms.ts';

export type StoresArgs = {
  readonly plan: PlatformPlan;
  readonly site: Site;
  readonly keys: Keys;
  readonly protectsData: boolean;
  readonly archiveDays: number;
  readonly immutableDays: number | undefined;
  readonly adminKey: Output<string>;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

/** What keeps data, by the names of the plan. Functions come and go before it. */
export type Stores = {
  readonly databases: { readonly [context: string]: Database };
  readonly tables: { readonly [name: string]: Table };
  readonly objects: { readonly [name: string]: ObjectStore };
  readonly secrets: { readonly [context: string]: Secret };
  readonly deadLetters: Table;
  readonly bus: EventBus;
};

/** The context whose database has the dead letters. */
export const deadLettersContext = 'observability';

export const makeStores = (args: StoresArgs): Stores => {
  const contexts = [...new Set([...args.plan.tables.map(({ context }) => context), deadLettersContext])];
  const databases = Object.fromEntries(contexts.map((context) => [context, databaseOf(args, context)]));
  return {
    databases,
    tables: byName(args.plan.tables, (planned) => tableOf(args, databases, planned)),
    objects: byName(args.plan.stores, (planned) => objectsOf(args, planned)),
    secrets: byName(args.plan.secrets, (planned) => secretOf(args, planned)),
    deadLetters: deadLettersTable(args, databases),
    bus: busOf(args),
  };
};

const byName = <P extends { readonly name: string }, R>(planned: readonly P[], make: (one: P) => R): { readonly [name: string]: R } =>
  Object.fromEntries(planned.map((one) => [one.name, make(one)]));

export const databaseName = ({ prefix }: Pick<Site, 'prefix'>, context: string): string => `${prefix}-${context}`;

const databaseOf = ({ site, keys, protectsData, transforms, parent }: StoresArgs, context: string): Database =>
  new Database(
    context,
    {
      databaseName: databaseName(site, context),
      region: site.region,
      keyName: keys.data,
      protectsData,
      transform: transforms.database?.[context],
    },
    { parent },
  );

const tableOf = (
  { site, transforms, parent }: StoresArgs,
  databases: Stores['databases'],
  { name, context, resource, indexes, changes }: PlatformPlan['tables'][number],
): Table =>
  new Table(
    name,
    {
      project: site.project,
      databaseName: (databases[context] as Database).databaseName,
      collection: resource.name,
      indexes,
      enableChanges: changes !== undefined,
      transform: transforms.table?.[name],
    },
    { parent },
  );

const deadLettersTable = ({ site, transforms, parent }: StoresArgs, databases: Stores['databases']): Table =>
  new Table(
    'dead-letters',
    {
      project: site.project,
      databaseName: (databases[deadLettersContext] as Database).databaseName,
      collection: 'dead-letters',
      indexes: {},
      enableChanges: false,
      transform: transforms.table?.['dead-letters'],
    },
    { parent },
  );

const objectsOf = (
  { site, keys, protectsData, immutableDays, transforms, parent }: StoresArgs,
  { name, context, keep, passing }: PlatformPlan['stores'][number],
): ObjectStore =>
  new ObjectStore(
    name,
    {
      ...{ context, region: site.region, keep, passing, keyName: keys.data, protectsData },
      immutableDays: immutableDaysOf({ keep }, immutableDays),
      transform: transforms.objectStore?.[name],
    },
    { parent },
  );

const secretOf = (
  { site, keys, protectsData, adminKey, transforms, parent }: StoresArgs,
  { name, context }: PlatformPlan['secrets'][number],
): Secret =>
  new Secret(
    name,
    {
      context,
      region: site.region,
      secretId: `${site.prefix}-${context}`,
      values: context === 'identity' ? { adminKey } : {},
      keyName: keys.secrets,
      protectsData,
      transform: transforms.secret?.[name],
    },
    { parent },
  );

const busOf = ({ site, keys, archiveDays, transforms, parent }: StoresArgs): EventBus =>
  new EventBus('events', { region: site.region, archiveDays, keyName: keys.messages, transform: transforms.eventBus?.events }, { parent });

/** Only the database of one context. */
export const inContext = (site: Pick<Site, 'prefix'>, context: string) =>
  ({ kind: 'database', databaseName: databaseName(site, context), context }) satisfies Target;

/** Where the stores are; queues, and the dead letters that came from them, are added when they are there. */
export const placesOf = (
  { plan, site }: Pick<StoresArgs, 'plan' | 'site'>,
  { tables, objects, secrets, bus }: Stores,
): readonly (readonly [string, Place])[] => [
  ...plan.tables.map(({ name, context, resource }): readonly [string, Place] => [
    resourceVariable(resource),
    { value: (tables[name] as Table).path, on: inContext(site, context) },
  ]),
  ...plan.stores.map(({ name, resource }): readonly [string, Place] => {
    const { bucketName } = objects[name] as ObjectStore;
    return [resourceVariable(resource), { value: bucketName, on: { kind: 'bucket', bucketName } }];
  }),
  ...plan.secrets.map(({ name, resource }): readonly [string, Place] => {
    const { secretName, secretId } = secrets[name] as Secret;
    return [resourceVariable(resource), { value: secretName, on: { kind: 'secret', secretId } }];
  }),
  [resourceVariable(busResource), { value: bus.topicName, on: { kind: 'topic', topicName: bus.topicName } }],
];
