import type { Input, Output, Resource as PulumiResource } from '@pulumi/pulumi';
import { bus as busResource, deadLetters as deadLettersResource, resourceVariable } from '../../functions/kernel/resources.ts';
import { immutableDaysOf, type PlatformPlan } from '../platform.ts';
import type { Home } from './component.ts';
import { Database } from './database.ts';
import { EventBus } from './event-bus.ts';
import type { Place } from './grants.ts';
import { type Keys, makeKeys } from './keys.ts';
import { expiriesOf, ObjectStore } from './object-store.ts';
import { Secret } from './secret.ts';
import { Storage } from './storage.ts';
import { Table } from './table.ts';
import type { Transforms } from './transforms.ts';
import { Vault } from './vault.ts';

export type StoresArgs = {
  readonly plan: PlatformPlan;
  readonly home: Home;
  readonly subscriptionId: Input<string>;
  readonly tenantId: Input<string>;
  readonly ownKeys: boolean;
  readonly immutableDays: number | undefined;
  readonly protectsData: boolean;
  readonly adminKey: Output<string>;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

/** What keeps data, by the names of the plan. Functions come and go before it. */
export type Stores = {
  readonly vault: Vault;
  readonly keys: Keys;
  /** Objects and queues of the contexts. */
  readonly storage: Storage;
  readonly database: Database;
  readonly tables: { readonly [name: string]: Table };
  readonly deadLetters: Table;
  readonly objects: { readonly [name: string]: ObjectStore };
  /** What Event Grid could not deliver. */
  readonly undelivered: ObjectStore;
  readonly secrets: { readonly [context: string]: Secret };
  readonly bus: EventBus;
};

/** As long as what could not be delivered waits for somebody to collect it. */
const undeliveredDays = 30;

export const makeStores = (args: StoresArgs): Stores => {
  const { plan, home, protectsData, transforms, parent } = args;
  const within = { parent };
  const vault = new Vault(
    'vault',
    { home, tenantId: args.tenantId, keepsKeys: args.ownKeys, protectsData, transform: transforms.vault?.vault },
    within,
  );
  const keys = args.ownKeys ? makeKeys({ ...args, vault }) : {};
  const accounts = accountsOf(args, keys);
  const { database, storage } = accounts;
  const undelivered = new ObjectStore('undelivered', { home, storage, keep: `${undeliveredDays} days`, protectsData }, within);
  const { subscriptionId } = args;
  const bus = new EventBus(
    'events',
    { home, subscriptionId, undeliveredId: undelivered.id, transform: transforms.eventBus?.events },
    within,
  );
  const table = (name: string, context: string, indexes: PlatformPlan['tables'][number]['indexes']) =>
    new Table(name, { home, database, context, indexes, protectsData, transform: transforms.table?.[name] }, within);
  return {
    ...{ vault, keys, ...accounts, undelivered, bus },
    tables: byName(plan.tables, ({ name, context, indexes }) => table(name, context, indexes)),
    deadLetters: table('dead-letters', 'observability', {}),
    objects: byName(
      plan.stores,
      ({ name, keep }) =>
        new ObjectStore(
          name,
          {
            ...{ home, storage, keep, protectsData },
            immutableDays: immutableDaysOf({ keep }, args.immutableDays),
            transform: transforms.objectStore?.[name],
          },
          within,
        ),
    ),
    secrets: byName(plan.secrets, (planned) => secretOf(args, vault, planned)),
  };
};

const accountsOf = ({ plan, home, protectsData, transforms, parent }: StoresArgs, keys: Keys) => {
  const expiries = [...plan.stores, { name: 'undelivered', keep: `${undeliveredDays} days` as const }].flatMap(expiriesOf);
  const kept = {
    home,
    context: 'platform',
    enableZones: protectsData,
    expiries,
    protectsData,
    encryptedBy: keys.objects,
    transform: transforms.storage?.data,
  };
  return {
    storage: new Storage('data', kept, { parent }),
    database: new Database(
      'database',
      { home, encryptedBy: keys.tables, enableZones: protectsData, protectsData, transform: transforms.database?.database },
      { parent },
    ),
  };
};

const byName = <P extends { readonly name: string }, R>(planned: readonly P[], make: (one: P) => R): { readonly [name: string]: R } =>
  Object.fromEntries(planned.map((one) => [one.name, make(one)]));

const secretOf = (
  { home, adminKey, protectsData, transforms, parent }: StoresArgs,
  vault: Vault,
  { name, context }: PlatformPlan['secrets'][number],
) => {
  const value = context === 'identity' ? adminKey.apply((key) => JSON.stringify({ adminKey: key })) : '{}';
  const made = { home, vault, context, value, contentType: 'application/json', protectsData } as const;
  return new Secret(name, { ...made, transform: transforms.secret?.[name] }, { parent });
};

/** Where the stores are; queues, and the queues that dead letters came from, are added when they are there. */
export const placesOf = (plan: PlatformPlan, stores: Stores): readonly (readonly [string, Place])[] => [
  ...plan.tables.map(({ name, resource }): readonly [string, Place] => {
    const { scope, containerName } = stores.tables[name] as Table;
    return [resourceVariable(resource), { scope, value: containerName }];
  }),
  ...plan.stores.map(({ name, resource }): readonly [string, Place] => {
    const { id, url } = stores.objects[name] as ObjectStore;
    return [resourceVariable(resource), { scope: id, value: url, account: stores.storage.id }];
  }),
  ...plan.secrets.map(({ name, resource }): readonly [string, Place] => {
    const { id, url } = stores.secrets[name] as Secret;
    return [resourceVariable(resource), { scope: id, value: url }];
  }),
  [resourceVariable(busResource), { scope: stores.bus.id, value: stores.bus.endpoint }],
  [resourceVariable(deadLettersResource), { scope: stores.deadLetters.scope, value: stores.deadLetters.containerName }],
];
