import { getClientConfigOutput } from '@pulumi/azure-native/authorization/getClientConfig.js';
import { Provider } from '@pulumi/azure-native/provider.js';
import { ResourceGroup } from '@pulumi/azure-native/resources/resourceGroup.js';
import { ComponentResource, type ComponentResourceOptions, type Output, output, secret } from '@pulumi/pulumi';
import type { Bundle } from '../bundle.ts';
import { routesOf } from '../edge.ts';
import { each, type PlatformOutputs } from '../outputs.ts';
import type { PlatformPlan } from '../platform.ts';
import { AdminKey } from './admin-key.ts';
import type { Home } from './component.ts';
import { CostExport } from './cost-export.ts';
import { type Deliveries, makeDeliveries, queuePlaces } from './deliveries.ts';
import type { PlatformFunction } from './function.ts';
import { type Functions, makeFunctions } from './functions.ts';
import { Gateway } from './gateway.ts';
import { HttpApi } from './http-api.ts';
import { Logs } from './logs.ts';
import { appNamed } from './names.ts';
import { NetworkEdge } from './network-edge.ts';
import type { Settings } from './options.ts';
import { OriginSecret } from './origin-secret.ts';
import { type Runtime, runtimeOf } from './runtime.ts';
import { makeStores, placesOf, type Stores } from './stores.ts';
import type { Transforms } from './transforms.ts';
import { watch } from './watch.ts';

export type PlatformArgs = {
  readonly plan: PlatformPlan;
  readonly settings: Settings;
  /** By the names of the apps; `edge` among them where there is no Front Door. */
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly transforms?: Transforms;
};

/** The whole platform in one subscription and region, in a resource group of its own. */
export class Platform extends ComponentResource {
  readonly outputs: PlatformOutputs;

  constructor(name: string, { plan, settings, bundles, transforms = {} }: PlatformArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Platform', name, {}, { ...options, providers: [providerOf(settings)] });
    const { profile, region, subscriptionId } = settings;
    const { protectsData } = profile;
    const group = new ResourceGroup(
      'group',
      { resourceGroupName: `hybrid-${settings.stack}`, location: region, tags: tagged(settings) },
      { parent: this, ...(protectsData ? { protect: true, retainOnDelete: true } : {}) },
    );
    const home: Home = { resourceGroupName: group.name, location: region, tags: tagged(settings) };
    const { tenantId } = getClientConfigOutput({ parent: this });
    const admin = new AdminKey('admin', {}, { parent: this });
    const shared = { plan, settings, home, subscriptionId, transforms, parent: this };
    const storing = { ...shared, tenantId, protectsData, ownKeys: profile.ownKeys, immutableDays: settings.immutableDays };
    const stores = makeStores({ ...storing, adminKey: admin.key });
    const deliveries = makeDeliveries({ ...shared, stores });
    const places = new Map([...placesOf(plan, stores), ...queuePlaces(stores, deliveries)]);
    const logs = new Logs('logs', logging(home, settings, transforms), { parent: this });
    const runtime = runtimeOf(logs);
    const origin = new OriginSecret('origin', {}, { parent: this });
    const edge = edgeOf(home, settings, origin, transforms, this);
    const told = { adminKeyHash: admin.hash, originSecretHash: origin.hash, frontDoorId: edge?.frontDoorId };
    const functions = makeFunctions({ ...shared, ...told, stores, deliveries, places, runtime, bundles });
    const before = { ...shared, stores, runtime, functions, bundles, origin };
    const way = edge === undefined ? apiBefore(before) : { url: connected(edge, shared, functions), apps: functions };
    const watched = { stores, functions: way.apps, logs };
    const dashboards = watch({ ...watched, settings, home, resourceGroupId: group.id, transforms, parent: this });
    if (settings.costExport) exportCosts(home, stores, settings, transforms, this);
    this.outputs = { ...outputsOf(way.url, admin.key, stores, deliveries, functions), dashboards };
    this.registerOutputs({ ...this.outputs });
  }
}

/** Everything of a stack goes through one provider: it acts in this subscription only. */
const providerOf = ({ region, subscriptionId }: Settings): Provider => new Provider('azure', { location: region, subscriptionId });

const tagged = ({ stack, environment }: Settings) => ({
  'hybrid:stack': stack,
  'hybrid:environment': environment,
  'hybrid:platform': 'hybrid-ai-platform',
});

/** Telemetry is kept for 30 days at least: Azure asks nothing for them. */
const leastRetentionDays = 30;

const logging = (home: Home, { logRetentionDays, dailyLogGigabytes }: Settings, transforms: Transforms) => ({
  home,
  retentionDays: Math.max(leastRetentionDays, logRetentionDays),
  dailyGigabytes: dailyLogGigabytes,
  transform: transforms.logs?.logs,
});

const edgeOf = (
  home: Home,
  settings: Settings,
  origin: OriginSecret,
  transforms: Transforms,
  parent: Platform,
): NetworkEdge | undefined => {
  const { domain, dnsZoneId = '', requestsPerSecond } = settings;
  if (domain === undefined) return undefined;
  const made = { home, domain, dnsZoneId, requestsPerSecond, originSecret: origin.value, transform: transforms.networkEdge?.edge };
  return new NetworkEdge('edge', made, { parent });
};

/** Which app a path leads to; web hooks for events are at the app that hears them. */
const appsByPath = ({ plan, settings }: Pick<PlatformArgs, 'plan' | 'settings'>): readonly (readonly [path: string, app: string])[] => [
  ...routesOf(plan.units).map(([path, unit]) => [path, appNamed(plan, unit)] as const),
  ...(settings.eventHooks === undefined
    ? []
    : plan.subscribers.map(({ name, unit }) => [`/events/${name}`, appNamed(plan, unit)] as const)),
];

const connected = (edge: NetworkEdge, led: Pick<PlatformArgs, 'plan' | 'settings'>, functions: Functions): Output<string> => {
  const routes = appsByPath(led);
  for (const [app, { hostName }] of Object.entries(functions)) {
    const paths = routes.filter(([, to]) => to === app).map(([path]) => path);
    if (paths.length > 0) edge.lead({ app, paths, hostName });
  }
  return edge.url;
};

type Before = {
  readonly plan: PlatformPlan;
  readonly settings: Settings;
  readonly home: Home;
  readonly subscriptionId: string;
  readonly stores: Stores;
  readonly runtime: Runtime;
  readonly functions: Functions;
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly origin: OriginSecret;
  readonly transforms: Transforms;
  readonly parent: Platform;
};

const apiBefore = (args: Before): { readonly url: Output<string>; readonly apps: Functions } => {
  const { settings, home, subscriptionId, stores, runtime, functions, transforms, parent } = args;
  const { zip, sha256 } = args.bundles.get('edge') as Bundle;
  const routes = appsByPath(args).map(([path, app]) => ({ path, url: (functions[app] as PlatformFunction).url }));
  const proof = settings.apiManagement ? new OriginSecret('gateway', {}, { parent }) : undefined;
  const api = new HttpApi(
    'edge',
    {
      ...{ home, subscriptionId, zip, sha256, routes, runtime, originSecret: args.origin.value, gatewaySecretHash: proof?.hash },
      ...{ vault: stores.vault, database: stores.database, enableZones: settings.profile.protectsData },
      previous: settings.packages.edge,
      memoryMegabytes: settings.memoryMegabytes,
      maximumInstances: settings.maximumInstances,
      transform: transforms.function?.edge,
    },
    { parent },
  );
  const apps = { ...functions, edge: api.app };
  if (proof === undefined) return { url: api.url, apps };
  const { alarmEmail: publisherEmail = '' } = settings;
  const before = { home, publisherEmail, edgeUrl: api.url, originSecret: proof.value, transform: transforms.gateway?.gateway };
  return { url: new Gateway('gateway', before, { parent }).url, apps };
};

const exportCosts = (home: Home, { keys }: Stores, settings: Settings, transforms: Transforms, parent: Platform): void => {
  const { stack, subscriptionId, profile } = settings;
  const made = { home, stack, subscriptionId, encryptedBy: keys.objects, protectsData: profile.protectsData };
  new CostExport('costs', { ...made, transform: transforms.costExport?.costs }, { parent });
};

const outputsOf = (
  url: Output<string>,
  adminKey: Output<string>,
  { tables, deadLetters, objects, undelivered, bus }: Stores,
  deliveries: Deliveries,
  functions: Functions,
): Omit<PlatformOutputs, 'dashboards'> => ({
  url,
  adminKey: secret(adminKey),
  tables: each({ ...tables, 'dead-letters': deadLetters }, ({ containerName }) => containerName),
  buckets: each({ ...objects, undelivered }, (store) => store.url),
  queues: Object.fromEntries([...deliveries.subscribers, ...deliveries.queues].map(({ name, queue }) => [name, queue.url])),
  functions: each(functions, ({ appName }) => appName),
  versions: each(functions, ({ version }) => output(version)),
  bus: bus.endpoint,
});
