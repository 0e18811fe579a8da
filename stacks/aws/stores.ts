import { type Input, interpolate, type Output, type Resource as PulumiResource } from '@pulumi/pulumi';
import { bus as busResource, failedChanges, resourceVariable } from '../../functions/kernel/resources.ts';
import { immutableDaysOf, type PlatformPlan } from '../platform.ts';
import { EventBus } from './event-bus.ts';
import type { Place } from './grants.ts';
import { type Keys, keysIn } from './keys.ts';
import { visibilityOf } from './limits.ts';
import { ObjectStore } from './object-store.ts';
import { Queue } from './queue.ts';
import { Secret } from './secret.ts';
import { Table } from './table.ts';
import type { Transforms } from './transforms.ts';

export type StoresArgs = {
  readonly plan: PlatformPlan;
  readonly keys: Keys;
  readonly protectsData: boolean;
  readonly archiveDays: number;
  readonly immutableDays: number | undefined;
  readonly region: string;
  readonly accountId: Input<string>;
  readonly adminKey: Output<string>;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

/** What keeps data, by the names of the plan. Functions come and go before it. */
export type Stores = {
  readonly tables: { readonly [name: string]: Table };
  readonly objects: { readonly [name: string]: ObjectStore };
  readonly secrets: { readonly [context: string]: Secret };
  readonly deadLetters: Table;
  readonly bus: EventBus;
  /** What the bus could not encrypt or decrypt; only a key of the stack's own can fail so. */
  readonly unreadable: Queue | undefined;
};

export const makeStores = (args: StoresArgs): Stores => ({
  tables: byName(args.plan.tables, (planned) => tableOf(args, planned)),
  objects: byName(args.plan.stores, (planned) => objectsOf(args, planned)),
  secrets: byName(args.plan.secrets, (planned) => secretOf(args, planned)),
  deadLetters: deadLettersTable(args),
  ...busOf(args),
});

const busOf = ({ plan, keys, archiveDays, region, accountId, transforms, parent }: StoresArgs): Pick<Stores, 'bus' | 'unreadable'> => {
  const collector = plan.units.find(({ trigger }) => trigger === 'dead-letters');
  const unreadable =
    keys.messages === undefined
      ? undefined
      : new Queue(
          'events-dead-letters',
          {
            context: 'observability',
            visibilitySeconds: visibilityOf(collector?.timeoutSeconds ?? 0),
            // Encrypted by SQS itself: the key that failed would fail here as well.
            ruleArns: [interpolate`arn:aws:events:${region}:${accountId}:event-bus/events-bus-*`],
            transform: transforms.queue?.['events-dead-letters'],
          },
          { parent },
        );
  const made = { archiveDays, keyArn: keys.messages?.arn, deadLetterArn: unreadable?.arn, transform: transforms.eventBus?.events };
  return { unreadable, bus: new EventBus('events', made, { parent }) };
};

const byName = <P extends { readonly name: string }, R>(planned: readonly P[], make: (one: P) => R): { readonly [name: string]: R } =>
  Object.fromEntries(planned.map((one) => [one.name, make(one)]));

const tableOf = (
  { keys, protectsData, transforms, parent }: StoresArgs,
  { name, context, indexes, changes }: PlatformPlan['tables'][number],
) =>
  new Table(
    name,
    { context, indexes, enableChanges: changes !== undefined, keyArn: keys.data?.arn, protectsData, transform: transforms.table?.[name] },
    { parent },
  );

const deadLettersTable = ({ keys, protectsData, transforms, parent }: StoresArgs) =>
  new Table(
    'dead-letters',
    {
      context: 'observability',
      indexes: {},
      enableChanges: false,
      keyArn: keys.data?.arn,
      protectsData,
      transform: transforms.table?.['dead-letters'],
    },
    { parent },
  );

const objectsOf = (
  { keys, protectsData, immutableDays, transforms, parent }: StoresArgs,
  { name, context, keep, passing, resource }: PlatformPlan['stores'][number],
) =>
  new ObjectStore(
    name,
    {
      context,
      keep,
      ...(passing === undefined ? {} : { passing }),
      keyArn: keys.data?.arn,
      immutableDays: immutableDaysOf({ keep }, immutableDays),
      protectsData,
      enableNotifications: resourceVariable(resource) === resourceVariable(failedChanges),
      transform: transforms.objectStore?.[name],
    },
    { parent },
  );

const secretOf = ({ keys, protectsData, adminKey, transforms, parent }: StoresArgs, { name, context }: PlatformPlan['secrets'][number]) =>
  new Secret(
    name,
    {
      context,
      values: context === 'identity' ? { adminKey } : {},
      keyArn: keys.secrets?.arn,
      protectsData,
      transform: transforms.secret?.[name],
    },
    { parent },
  );

/** Where the stores are; queues, and the dead letters that came from them, are added when they are there. */
export const placesOf = ({ plan, keys }: StoresArgs, { tables, objects, secrets, bus }: Stores): readonly (readonly [string, Place])[] => [
  ...plan.tables.map(({ name, resource, indexes }): readonly [string, Place] => {
    const { arn, tableName } = tables[name] as Table;
    return [resourceVariable(resource), { arn, value: tableName, indexes: Object.keys(indexes), keys: keysIn(keys.data) }];
  }),
  ...plan.stores.map(({ name, resource }): readonly [string, Place] => {
    const { arn, bucketName } = objects[name] as ObjectStore;
    return [resourceVariable(resource), { arn, value: bucketName, keys: keysIn(keys.data) }];
  }),
  ...plan.secrets.map(({ name, resource }): readonly [string, Place] => {
    const { arn } = secrets[name] as Secret;
    return [resourceVariable(resource), { arn, value: arn, keys: keysIn(keys.secrets) }];
  }),
  [resourceVariable(busResource), { arn: bus.arn, value: bus.busName }],
];
