import { Deployment, type DeploymentArgs } from '@pulumi/azure-native/resources/deployment.js';
import { type BlobArgs, Blob as StoredBlob } from '@pulumi/azure-native/storage/blob.js';
import { BlobContainer, type BlobContainerArgs } from '@pulumi/azure-native/storage/blobContainer.js';
import { AppServicePlan, type AppServicePlanArgs } from '@pulumi/azure-native/web/appServicePlan.js';
import { WebApp, type WebAppArgs } from '@pulumi/azure-native/web/webApp.js';
import { WebAppFtpAllowed } from '@pulumi/azure-native/web/webAppFtpAllowed.js';
import { WebAppScmAllowed } from '@pulumi/azure-native/web/webAppScmAllowed.js';
import { all, asset, ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import type { Access } from './access.ts';
import { makeAppStorage } from './app-storage.ts';
import { type Home, placed, tagsOf } from './component.ts';
import type { Database } from './database.ts';
import { Role, type RoleArgs } from './role.ts';
import { onceSettled } from './settling.ts';
import type { Storage, StorageArgs } from './storage.ts';

/** The newest that Flex Consumption runs. */
const runtime = { name: 'node', version: '24' };

export type FunctionArgs = {
  readonly home: Home;
  readonly context: string;
  readonly subscriptionId: Input<string>;
  readonly database: Database;
  /** Copies of its packages, and of what the runtime keeps for itself, in three zones of the region instead of in one. */
  readonly enableZones: boolean;
  /** A zip that holds `host.json` and the functions, and its SHA-256 in hexadecimal. */
  readonly zip: string;
  readonly sha256: string;
  /** The SHA-256 of an earlier package that runs instead. */
  readonly previous?: string | undefined;
  readonly memoryMegabytes: number;
  readonly maximumInstances: number;
  readonly settings: { readonly [name: string]: Input<string> };
  readonly access: readonly Access[];
  /** The id of the Front Door through which alone requests come; from anywhere where it is absent. */
  readonly frontDoorId?: Input<string> | undefined;
  readonly transform?:
    | (TransformEach<Children> & { readonly role?: RoleArgs['transform']; readonly storage?: StorageArgs['transform'] })
    | undefined;
};

type Children = {
  packages: BlobContainerArgs;
  package: BlobArgs;
  plan: AppServicePlanArgs;
  app: WebAppArgs;
  code: DeploymentArgs;
};

/**
 * An app of functions with its own plan, which is nothing but room to grow, and its own identity. Its packages stay where they are, each under its
 * hash, so that an earlier one can be gone back to; which one runs, its deployment says.
 */
export class PlatformFunction extends ComponentResource {
  readonly appId: Output<string>;
  readonly appName: Output<string>;
  readonly url: Output<string>;
  readonly hostName: Output<string>;
  readonly version: string;

  constructor(name: string, args: FunctionArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Function', name, {}, options);
    const { home, context, enableZones, transform = {} } = args;
    const within = { parent: this };
    const own = makeAppStorage(name, { home, context, enableZones, transform: transform.storage }, this);
    const { storage } = own;
    const { resourceGroupName } = home;
    const of = { resourceGroupName, accountName: storage.accountName };
    const kept: BlobContainerArgs = { ...of, containerName: `${name}-packages`, publicAccess: 'None' };
    const packages = new BlobContainer(`${name}-packages`, transformed(kept, transform.packages), within);
    const containerId = interpolate`${storage.id}/blobServices/default/containers/${packages.name}`;
    const { subscriptionId, database } = args;
    // Flex Consumption writes what is deployed as the same identity that it reads it with.
    const access = [...args.access, ...own.access, { of: 'packages', role: 'blob-contributor', scope: containerId } as const];
    const role = new Role(name, { home, context, subscriptionId, database, access, transform: transform.role }, within);
    const plan = new AppServicePlan(`${name}-plan`, transformed(planOf(home, context), transform.plan), within);
    const url = interpolate`${storage.blobEndpoint}${packages.name}`;
    const made = appOf(args, { role, storage, planId: plan.id, packagesUrl: url });
    // Without its roles an app cannot start, and what is deployed to it would be refused.
    const app = new WebApp(`${name}-app`, transformed(made, transform.app), { ...within, ...onceSettled, dependsOn: [...role.assigned] });
    const closed = { resourceGroupName, name: app.name, allow: false };
    new WebAppFtpAllowed(`${name}-ftp`, closed, within);
    new WebAppScmAllowed(`${name}-scm`, closed, within);
    const stored: BlobArgs = {
      ...{ ...of, containerName: packages.name, blobName: packageOf(args.sha256), contentType: 'application/zip' },
      source: new asset.FileAsset(args.zip),
    };
    const uploaded = new StoredBlob(`${name}-package`, transformed(stored, transform.package), { ...within, retainOnDelete: true });
    this.version = args.previous ?? args.sha256;
    const running = deploying(app.name, interpolate`${url}/${packageOf(this.version)}`, home.location);
    const code: DeploymentArgs = { resourceGroupName, properties: running };
    const deployed = new Deployment(`${name}-code`, transformed(code, transform.code), { ...within, dependsOn: [uploaded] });
    this.appId = app.id;
    this.appName = app.name;
    // Nobody is sent to an app before it can answer.
    this.hostName = all([app.defaultHostName, deployed.id]).apply(([host]) => host);
    this.url = interpolate`https://${this.hostName}`;
    this.registerOutputs({ appName: this.appName, url: this.url });
  }
}

/** Azure wants the file to be called so; the folder tells one package from the other. */
const packageOf = (sha256: string): string => `${sha256}/released-package.zip`;

const planOf = (home: Home, context: string): AppServicePlanArgs => ({
  ...placed(home),
  kind: 'functionapp',
  sku: { tier: 'FlexConsumption', name: 'FC1' },
  reserved: true,
  tags: tagsOf(home, context),
});

type Made = { readonly role: Role; readonly storage: Storage; readonly planId: Output<string>; readonly packagesUrl: Output<string> };

const appOf = (args: FunctionArgs, { role, storage, planId, packagesUrl }: Made): WebAppArgs => ({
  ...placed(args.home),
  kind: 'functionapp,linux',
  serverFarmId: planId,
  httpsOnly: true,
  clientAffinityEnabled: false,
  identity: { type: 'UserAssigned', userAssignedIdentities: [role.identityId] },
  keyVaultReferenceIdentity: role.identityId,
  functionAppConfig: {
    runtime,
    deployment: {
      storage: {
        type: 'blobContainer',
        value: packagesUrl,
        authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: role.identityId },
      },
    },
    scaleAndConcurrency: { instanceMemoryMB: args.memoryMegabytes, maximumInstanceCount: args.maximumInstances },
    // What runs is left to end, and no request finds nobody while instances are replaced.
    siteUpdateStrategy: { type: 'RollingUpdate' },
  },
  siteConfig: {
    minTlsVersion: '1.2',
    scmMinTlsVersion: '1.2',
    ftpsState: 'Disabled',
    http20Enabled: true,
    appSettings: Object.entries(identified(args, storage, role.clientId)).map(([name, value]) => ({ name, value })),
    ...behind(args.frontDoorId),
  },
  tags: tagsOf(args.home, args.context),
});

/** What the runtime keeps for itself is in the app's own account; it, and all connections that the settings name, are used as the app's identity. */
const identified = ({ settings }: FunctionArgs, storage: Storage, clientId: Output<string>): FunctionArgs['settings'] => {
  const own = { AzureWebJobsStorage__blobServiceUri: storage.blobEndpoint, AzureWebJobsStorage__queueServiceUri: storage.queueEndpoint };
  const connections = Object.keys({ ...own, ...settings }).flatMap((name) => (name.includes('__') ? [name.split('__')[0] ?? ''] : []));
  return {
    ...own,
    ...settings,
    ...Object.fromEntries(
      [...new Set(connections)].flatMap((connection) => [
        [`${connection}__credential`, 'managedidentity'],
        [`${connection}__clientId`, clientId],
      ]),
    ),
    AZURE_CLIENT_ID: clientId,
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: interpolate`Authorization=AAD;ClientId=${clientId}`,
  };
};

/** Requests that did not come through this Front Door are refused before any function is called; any other customer's has the same addresses. */
const behind = (frontDoorId: Input<string> | undefined): WebAppArgs['siteConfig'] & object =>
  frontDoorId === undefined
    ? {}
    : {
        ipSecurityRestrictionsDefaultAction: 'Deny',
        ipSecurityRestrictions: [
          {
            ...{ name: 'front-door', priority: 100, action: 'Allow', tag: 'ServiceTag', ipAddress: 'AzureFrontDoor.Backend' },
            headers: { 'x-azure-fdid': [frontDoorId] },
          },
        ],
      };

/** `onedeploy` is a child of an app that `azure-native` has no resource for. */
const deploying = (appName: Output<string>, packageUri: Output<string>, location: string): DeploymentArgs['properties'] => ({
  mode: 'Incremental',
  template: {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [
      {
        type: 'Microsoft.Web/sites/extensions',
        apiVersion: '2024-04-01',
        name: interpolate`${appName}/onedeploy`,
        location,
        properties: { packageUri, remoteBuild: false },
      },
    ],
  },
});
