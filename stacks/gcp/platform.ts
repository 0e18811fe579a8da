import { Provider } from '@pulumi/gcp/provider.js';
import { ComponentResource, type ComponentResourceOptions, type Output, secret } from '@pulumi/pulumi';
import type { Bundle } from '../bundle.ts';
import { each, type PlatformOutputs } from '../outputs.ts';
import type { PlatformPlan } from '../platform.ts';
import { AdminKey, admit } from './admin-key.ts';
import { makeCallers } from './callers.ts';
import { codeStore } from './code-store.ts';
import { CostExport } from './cost-export.ts';
import { rolesOf } from './custom-roles.ts';
import { type Deliveries, makeDeliveries, queuePlaces } from './deliveries.ts';
import type { PlatformFunction } from './function.ts';
import { type Admission, admitCallers, type Functions, type FunctionsArgs, makeFunctions } from './functions.ts';
import { gatewayBefore, makeHttpApi } from './http-api.ts';
import { makeKeys } from './keys.ts';
import { Logs } from './logs.ts';
import { NetworkEdge } from './network-edge.ts';
import type { Settings } from './options.ts';
import { Order } from './order.ts';
import { Services, type ServicesArgs } from './services.ts';
import { siteOf } from './site.ts';
import { connect } from './sources.ts';
import { makeStores, placesOf, type Stores } from './stores.ts';
import type { Table } from './table.ts';
import type { Transforms } from './transforms.ts';
import { watch } from './watch.ts';

export type PlatformArgs = {
  readonly plan: PlatformPlan;
  readonly settings: Settings;
  /** By the names of the functions. */
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly transforms?: Transforms;
};

/** The whole platform in one project and region. */
export class Platform extends ComponentResource {
  readonly outputs: PlatformOutputs;

  constructor(name: string, { plan, settings, bundles, transforms = {} }: PlatformArgs, options?: ComponentResourceOptions) {
    const order = new Order();
    super('hybrid:gcp:Platform', name, {}, { ...options, providers: [providerOf(settings)], transformations: [order.keep] });
    const { protectsData, ownKeys } = settings.profile;
    const site = siteOf(settings, this);
    order.services = new Services('services', { ...servicesOf(settings), site }, { parent: this });
    const made = ownKeys ? makeKeys({ site, protectsData, services: order.services, transforms, parent: this }) : { keys: {}, usable: [] };
    order.usable = made.usable;
    const admin = new AdminKey('admin', {}, { parent: this });
    const storing = {
      ...{ plan, site, protectsData, transforms, keys: made.keys },
      ...{ archiveDays: settings.eventArchiveDays, immutableDays: settings.immutableDays, adminKey: admin.key, parent: this },
    };
    const stores = makeStores(storing);
    const directory = plan.tables.find(({ name: table }) => table === 'identity-directory');
    admit(admin.key, stores.tables['identity-directory'] as Table, directory?.resource.name ?? '', admin);
    const callers = makeCallers({ plan, site, settings, parent: this });
    const { promise: admissions, resolve: callersAdmitted } = later<readonly Admission[]>();
    const shared = { plan, site, settings, stores, callers, admissions, keys: made.keys, transforms, parent: this };
    const deliveries = makeDeliveries(shared);
    const places = new Map([...placesOf(storing, stores), ...queuePlaces(shared, deliveries)]);
    const running = { ...shared, bundles, places, roles: rolesOf(site, this), deliveries, codeStore: codeStore(site, this) };
    const { logRetentionDays: retentionDays } = settings;
    const logs = new Logs('logs', { site, retentionDays, transform: transforms.logs?.logs }, { parent: this });
    const functions = makeFunctions(running);
    const admitted = admitCallers(running, functions);
    callersAdmitted(admitted);
    const edge = makeHttpApi(running, admitted);
    connect({ ...shared, functions });
    const url = urlBefore(edge, running);
    const dashboards = watch({ ...shared, functions, edge, deliveries });
    if (settings.costExport) exportCosts(stores, settings, transforms, this);
    this.outputs = { ...outputsOf(url, admin.key, stores, deliveries, { ...functions, edge }), dashboards, logs: logs.bucketId };
    this.registerOutputs({ ...this.outputs });
  }
}

/** A promise for what is made after who waits for it. */
const later = <T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } => {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};

/** Everything of a stack goes through one provider: it knows one project, and labels what it makes. */
const providerOf = ({ project, region, stack, environment }: Settings): Provider =>
  new Provider('gcp', {
    project,
    region,
    defaultLabels: { 'hybrid-stack': stack, 'hybrid-environment': environment, 'hybrid-platform': 'hybrid-ai-platform' },
    // Budgets and keys of services are asked for on the project's own account, not on that of whoever's credentials these are.
    userProjectOverride: true,
    billingProject: project,
  });

const servicesOf = (settings: Settings): Omit<ServicesArgs, 'site'> => ({
  ownKeys: settings.profile.ownKeys,
  edge: settings.domain !== undefined,
  gateway: settings.apiGateway,
  budget: settings.billingAccount !== undefined,
  queries: settings.costExport,
});

const urlBefore = (edge: PlatformFunction, args: FunctionsArgs): Output<string> => {
  const { settings, transforms, parent } = args;
  const { domain, dnsZone = '', region, requestsPerSecond } = settings;
  if (domain === undefined) return gatewayBefore(edge, args);
  const { serviceName } = edge;
  return new NetworkEdge(
    'network',
    { ...{ domain, dnsZone, region, requestsPerSecond, serviceName }, transform: transforms.networkEdge?.network },
    { parent },
  ).url;
};

const exportCosts = ({ objects }: Stores, settings: Settings, transforms: Transforms, parent: Platform): void => {
  const { stack, project, region, billingTable } = settings;
  const exports = objects['billing-exports'];
  if (exports === undefined) return;
  const platformExports = exports.bucketName;
  new CostExport(
    'costs',
    { ...{ stack, project, region, billingTable, platformExports }, transform: transforms.costExport?.costs },
    { parent },
  );
};

const outputsOf = (
  url: Output<string>,
  adminKey: Output<string>,
  { tables, deadLetters, objects, bus }: Stores,
  deliveries: Deliveries,
  functions: Functions,
): Omit<PlatformOutputs, 'dashboards' | 'logs'> => ({
  url,
  adminKey: secret(adminKey),
  tables: each({ ...tables, 'dead-letters': deadLetters }, ({ path }) => path),
  buckets: each(objects, ({ bucketName }) => bucketName),
  queues: Object.fromEntries([
    ...[...deliveries.subscribers, ...deliveries.queues].flatMap(({ name, subscriptionNames }) =>
      subscriptionNames.map((subscription, at) => [at === 0 ? name : `${name}-${at + 1}`, subscription]),
    ),
    ...deliveries.deadLetters.map(({ name, subscriptionName }) => [name, subscriptionName]),
  ]),
  functions: each(functions, ({ functionName }) => functionName),
  versions: each(functions, ({ version }) => version),
  bus: bus.topicName,
});
