import { type Input, interpolate, jsonStringify, type Output, type Resource as PulumiResource } from '@pulumi/pulumi';
import { resourceVariable } from '../../functions/kernel/resources.ts';
import type { FunctionUnit } from '../../functions/kernel/units.ts';
import type { Bundle } from '../bundle.ts';
import type { PlatformPlan } from '../platform.ts';
import type { Access } from './access.ts';
import { type App, appsOf } from './apps.ts';
import type { Home } from './component.ts';
import type { Deliveries, Source } from './deliveries.ts';
import { type FunctionArgs, PlatformFunction } from './function.ts';
import { accessOf, leastOf, type Places, placeOf } from './grants.ts';
import type { Settings } from './options.ts';
import type { Runtime } from './runtime.ts';
import type { Stores } from './stores.ts';
import type { Transforms } from './transforms.ts';

export type FunctionsArgs = {
  readonly plan: PlatformPlan;
  readonly settings: Settings;
  readonly home: Home;
  readonly subscriptionId: Input<string>;
  /** By the names of the apps. */
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly places: Places;
  readonly stores: Stores;
  readonly deliveries: Deliveries;
  readonly runtime: Runtime;
  /** Of the administrator's key, and of what those before the apps prove themselves with: their SHA-256. */
  readonly adminKeyHash: Input<string>;
  readonly originSecretHash: Input<string>;
  readonly frontDoorId?: Input<string> | undefined;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

export type Functions = { readonly [app: string]: PlatformFunction };

export const makeFunctions = (args: FunctionsArgs): Functions =>
  Object.fromEntries(appsOf(args.plan).map((app) => [app.name, functionOf(args, app)]));

const functionOf = (args: FunctionsArgs, app: App): PlatformFunction => {
  const { settings, home, subscriptionId, stores, parent } = args;
  const runsModels = app.units.some(({ native }) => native.includes('onnxruntime'));
  const { zip, sha256 } = args.bundles.get(app.name) as Bundle;
  return new PlatformFunction(
    app.name,
    {
      ...{ home, subscriptionId, zip, sha256, context: app.name, database: stores.database },
      enableZones: settings.profile.protectsData,
      previous: settings.packages[app.name],
      memoryMegabytes: runsModels ? settings.modelMemoryMegabytes : settings.memoryMegabytes,
      maximumInstances: settings.maximumInstances,
      settings: {
        ...args.runtime.settings,
        ...settingsOf(args, app),
        ...(runsModels ? { HYBRID_MEMORY_MEGABYTES: String(settings.modelMemoryMegabytes) } : {}),
      },
      access: leastOf([
        ...accessOf(
          app.units.flatMap(({ grants }) => grants),
          args.places,
        ),
        ...app.units.flatMap((unit) => triggeredBy(args, unit)),
        ...args.runtime.access,
      ]),
      frontDoorId: args.frontDoorId,
      transform: args.transforms.function?.[app.name],
    },
    { parent },
  );
};

/** What the runtime needs to read an app's sources for it, with the app's own identity. */
const triggeredBy = (args: FunctionsArgs, unit: FunctionUnit): readonly Access[] => {
  const { stores, deliveries } = args;
  switch (unit.trigger) {
    case 'events':
      return deliveries.subscribers.filter((source) => source.unit === unit.name).flatMap(reading);
    case 'queues':
      return deliveries.queues.filter((source) => source.unit === unit.name).flatMap(reading);
    case 'dead-letters':
      return [...[...deliveries.subscribers, ...deliveries.queues].flatMap(collecting), ...ofUndelivered(stores)];
    case 'changes':
      return readingChanges(args, unit);
    default:
      return [];
  }
};

/** Receives, hides what failed for a while, and gives up itself what was tried too often. */
const reading = ({ name, queue }: Source): readonly Access[] => [
  { of: name, scope: queue.id, role: 'queue-contributor' },
  { of: `${name}-poison`, scope: queue.poisonId, role: 'queue-sender' },
];

const collecting = ({ name, queue }: Source): readonly Access[] => [
  { of: `${name}-poison`, scope: queue.poisonId, role: 'queue-contributor' },
];

const ofUndelivered = ({ undelivered }: Stores): readonly Access[] => [
  { of: 'undelivered', scope: undelivered.id, role: 'blob-contributor' },
];

/** How far a partition has been drained is written into the table itself, into a partition of its own. */
const readingChanges = ({ plan, stores }: FunctionsArgs, unit: FunctionUnit): readonly Access[] => {
  const { database } = stores;
  const drained = plan.tables.filter(({ changes }) => changes?.unit === unit.name);
  return [
    ...drained.flatMap(({ name }): readonly Access[] => {
      const of = { of: name, scope: stores.tables[name]?.scope ?? '' };
      return [
        { ...of, cosmosRole: 'changes' },
        { ...of, cosmosRole: 'put' },
      ];
    }),
    { of: 'leases', scope: database.scopeOf(database.leases), cosmosRole: 'leases' },
    { of: 'account', scope: database.accountId, cosmosRole: 'metadata' },
  ];
};

/** Where everything is that an app may touch, and which of its sources is what. */
const settingsOf = (args: FunctionsArgs, app: App): FunctionArgs['settings'] => {
  const { plan, places, deliveries, stores } = args;
  const collects = app.units.some(({ trigger }) => trigger === 'dead-letters');
  const ofApp = ({ unit }: Source): boolean => collects || app.units.some(({ name }) => name === unit);
  const consumed = plan.tables.filter(({ changes }) => app.units.some(({ name }) => name === changes?.unit));
  const touched = [...app.units.flatMap(({ grants }) => grants), ...consumed].map(({ resource }) => resource);
  const served = deliveries.subscribers.filter(ofApp).map(({ queue, serves }) => [queue.queueName, serves] as const);
  return {
    ...Object.fromEntries(touched.map((resource) => [resourceVariable(resource), placeOf(resource, places).value])),
    ...Object.fromEntries(deliveries.queues.filter(ofApp).map(({ variable, queue }) => [variable, queue.url])),
    ...(served.length === 0 ? {} : { HYBRID_SUBSCRIPTIONS: jsonStringify(served).apply(entries) }),
    ...(args.settings.eventHooks !== undefined && app.units.some(({ trigger }) => trigger === 'events')
      ? { HYBRID_EVENT_HOOKS: JSON.stringify(args.settings.eventHooks) }
      : {}),
    ...(collects ? { HYBRID_OBJECTS_PLATFORM_UNDELIVERED: stores.undelivered.url } : {}),
    ...(app.units.some(({ trigger }) => trigger === 'http')
      ? { HYBRID_ORIGIN_SECRET_SHA256: args.originSecretHash, HYBRID_BOOTSTRAP_KEY_SHA256: args.adminKeyHash }
      : {}),
    HYBRID_STORAGE__queueServiceUri: stores.storage.queueEndpoint,
    HYBRID_STORAGE__blobServiceUri: stores.storage.blobEndpoint,
    HYBRID_COSMOS__accountEndpoint: stores.database.endpoint,
    HYBRID_COSMOS_ENDPOINT: stores.database.endpoint,
    HYBRID_COSMOS_DATABASE: stores.database.databaseName,
    HYBRID_COSMOS_LEASES: stores.database.leases,
  };
};

/** Pairs as an object: the names of queues are known only when these are there. */
const entries = (pairs: string): string => JSON.stringify(Object.fromEntries(JSON.parse(pairs) as [string, string[]][]));

export const secretReference = (url: Input<string>): Output<string> => interpolate`@Microsoft.KeyVault(SecretUri=${url})`;
