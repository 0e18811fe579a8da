import { getCallerIdentityOutput } from '@pulumi/aws/getCallerIdentity.js';
import { Provider } from '@pulumi/aws/provider.js';
import { ComponentResource, type ComponentResourceOptions, type Output, secret } from '@pulumi/pulumi';
import type { Bundle } from '../bundle.ts';
import { each, type PlatformOutputs } from '../outputs.ts';
import type { PlatformPlan } from '../platform.ts';
import { AdminKey, admit } from './admin-key.ts';
import { codeStore } from './code-store.ts';
import { CostExport } from './cost-export.ts';
import { type Deliveries, makeDeliveries, queuePlaces } from './deliveries.ts';
import { type Functions, makeFunctions } from './functions.ts';
import type { HttpApi } from './http-api.ts';
import { makeKeys } from './keys.ts';
import { NetworkEdge } from './network-edge.ts';
import type { Settings } from './options.ts';
import { OriginSecret } from './origin-secret.ts';
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

/** The whole platform in one account and region. */
export class Platform extends ComponentResource {
  readonly outputs: PlatformOutputs;

  constructor(name: string, { plan, settings, bundles, transforms = {} }: PlatformArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Platform', name, {}, { ...options, providers: [providerOf(settings)] });
    const { profile, region } = settings;
    const { protectsData } = profile;
    const accountId = getCallerIdentityOutput({}, { parent: this }).accountId;
    const keys = profile.ownKeys ? makeKeys({ accountId, region, protectsData, transforms, parent: this }) : {};
    const admin = new AdminKey('admin', {}, { parent: this });
    const storing = {
      ...{ plan, keys, protectsData, region, accountId, transforms },
      ...{ archiveDays: settings.eventArchiveDays, immutableDays: settings.immutableDays, adminKey: admin.key, parent: this },
    };
    const stores = makeStores(storing);
    admit(admin.key, stores.tables['identity-directory'] as Table, admin);
    const delivering = { plan, stores, keys, profile, region, accountId, transforms, parent: this };
    const deliveries = makeDeliveries(delivering);
    const places = new Map([...placesOf(storing, stores), ...queuePlaces(delivering, deliveries)]);
    const shared = { plan, settings, places, stores, deliveries, keys, transforms, parent: this };
    const originSecret = settings.domain === undefined ? undefined : new OriginSecret('origin', {}, { parent: this });
    const functions = makeFunctions({ ...shared, bundles, codeStore: codeStore(this), originSecretHash: originSecret?.hash });
    const { api } = connect({ ...shared, functions, accountId });
    const url = originSecret === undefined ? api.url : edgeBefore(api, originSecret, settings, transforms, this).url;
    const dashboards = watch({ ...shared, functions, apiId: api.apiId });
    if (settings.costExport) exportCosts(stores, accountId, settings, transforms, this);
    this.outputs = { ...outputsOf(url, admin.key, stores, deliveries, functions), dashboards };
    this.registerOutputs({ ...this.outputs });
  }
}

/** Everything of a stack goes through one provider: it refuses any other account, and tags what it makes. */
const providerOf = ({ region, allowedAccount, stack, environment }: Settings): Provider =>
  new Provider('aws', {
    region: region as NonNullable<ConstructorParameters<typeof Provider>[1]>['region'],
    ...(allowedAccount === undefined ? {} : { allowedAccountIds: [allowedAccount] }),
    defaultTags: { tags: { 'hybrid:stack': stack, 'hybrid:environment': environment, 'hybrid:platform': 'hybrid-ai-platform' } },
  });

const edgeBefore = (api: HttpApi, secret: OriginSecret, settings: Settings, transforms: Transforms, parent: Platform): NetworkEdge => {
  const { domain = '', hostedZoneId = '', region, requestsPerSecond } = settings;
  const { apiId, stageName } = api;
  return new NetworkEdge(
    'edge',
    {
      ...{ domain, hostedZoneId, region, requestsPerSecond, apiId, stageName },
      originSecret: secret.value,
      transform: transforms.networkEdge?.edge,
    },
    { parent },
  );
};

const exportCosts = ({ objects }: Stores, accountId: Output<string>, settings: Settings, transforms: Transforms, parent: Platform) => {
  const { stack, region, profile } = settings;
  const exports = objects['billing-exports'];
  if (exports === undefined) return;
  new CostExport(
    'costs',
    {
      ...{ stack, region, accountId, protectsData: profile.protectsData },
      platformExports: exports.bucketName,
      transform: transforms.costExport?.costs,
    },
    { parent },
  );
};

const outputsOf = (
  url: Output<string>,
  adminKey: Output<string>,
  { tables, deadLetters, objects, bus }: Stores,
  deliveries: Deliveries,
  functions: Functions,
): Omit<PlatformOutputs, 'dashboards'> => ({
  url,
  adminKey: secret(adminKey),
  tables: each({ ...tables, 'dead-letters': deadLetters }, ({ tableName }) => tableName),
  buckets: each(objects, ({ bucketName }) => bucketName),
  queues: Object.fromEntries(
    [...deliveries.subscribers, ...deliveries.queues, ...deliveries.deadLetters].map(({ name, queue }) => [name, queue.url]),
  ),
  functions: each(functions, ({ functionName }) => functionName),
  versions: each(functions, ({ version }) => version),
  bus: bus.busName,
});
