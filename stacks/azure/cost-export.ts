import { Deployment, type DeploymentArgs } from '@pulumi/azure-native/resources/deployment.js';
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import { type Home, tagsOf } from './component.ts';
import type { EncryptedBy } from './keys.ts';
import { ObjectStore, type ObjectStoreArgs } from './object-store.ts';
import { assign } from './role.ts';
import { Storage, type StorageArgs } from './storage.ts';

export type CostExportArgs = {
  readonly home: Home;
  readonly stack: string;
  readonly subscriptionId: string;
  readonly encryptedBy?: EncryptedBy | undefined;
  readonly protectsData: boolean;
  readonly transform?:
    | (TransformEach<{ export: DeploymentArgs }> & {
        readonly storage?: StorageArgs['transform'];
        readonly store?: ObjectStoreArgs['transform'];
      })
    | undefined;
};

/** `azure-native` knows exports only as they were before FOCUS and Parquet. */
const apiVersion = '2025-03-01';
/** The one whose columns the platform's own rows have. */
const focusVersion = '1.2-preview';

/**
 * What Azure charges for the stack's resource group, as FOCUS in Parquet, daily: with the same columns as what the platform charges its tenants
 * (`billing-exports`), so that one query sees both. Whoever makes one has to be let assign roles at the storage account, since Cost Management may give the
 * export's identity one there (https://learn.microsoft.com/rest/api/cost-management/exports/create-or-update): so nothing else is in this account.
 */
export class CostExport extends ComponentResource {
  readonly containerName: Output<string>;

  constructor(name: string, args: CostExportArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:CostExport', name, {}, options);
    const within = { parent: this };
    const { home, encryptedBy, protectsData, subscriptionId, transform = {} } = args;
    const kept = { home, context: 'billing', enableZones: protectsData, expiries: [], encryptedBy, protectsData };
    const storage = new Storage(name, { ...kept, transform: transform.storage }, within);
    const store = new ObjectStore(name, { home, storage, keep: 'forever', protectsData, transform: transform.store }, within);
    const made: DeploymentArgs = {
      resourceGroupName: home.resourceGroupName,
      properties: { mode: 'Incremental', template: templateOf(args, storage.id, store) },
      tags: tagsOf(home, 'billing'),
    };
    const exported = new Deployment(`${name}-export`, transformed(made, transform.export), within);
    // The export writes with an identity that comes with it.
    const principalId = exported.properties.apply(({ outputs }) => principalIn(outputs));
    assign(`${name}-writes`, { subscriptionId, role: 'blob-contributor', scope: store.id, principalId }, this);
    this.containerName = store.containerName;
    this.registerOutputs({ containerName: this.containerName });
  }
}

const principalIn = (outputs: unknown): string =>
  (outputs as { readonly principalId?: { readonly value?: string } } | undefined)?.principalId?.value ?? '';

const templateOf = ({ home, stack }: CostExportArgs, resourceId: Output<string>, store: ObjectStore) => {
  const exportName = `hybrid-${stack}`;
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    // An export begins in the future of whoever makes it. Said here it is the same text in every update.
    parameters: { now: { type: 'string', defaultValue: '[utcNow()]' } },
    resources: [
      {
        type: 'Microsoft.CostManagement/exports',
        apiVersion,
        name: exportName,
        location: home.location,
        identity: { type: 'SystemAssigned' },
        properties: {
          exportDescription: 'Costs of the resource group, as FOCUS',
          format: 'Parquet',
          compressionMode: 'snappy',
          partitionData: true,
          dataOverwriteBehavior: 'OverwritePreviousReport',
          schedule: {
            status: 'Active',
            recurrence: 'Daily',
            recurrencePeriod: { from: "[dateTimeAdd(parameters('now'), 'P1D')]", to: lastDay },
          },
          definition: {
            type: 'FocusCost',
            timeframe: 'MonthToDate',
            dataSet: { granularity: 'Daily', configuration: { dataVersion: focusVersion } },
          },
          deliveryInfo: {
            destination: {
              type: 'AzureBlob',
              resourceId,
              container: store.containerName,
              rootFolderPath: 'focus',
            },
          },
        },
      },
    ],
    outputs: {
      principalId: {
        type: 'string',
        value: interpolate`[reference('Microsoft.CostManagement/exports/${exportName}', '${apiVersion}', 'Full').identity.principalId]`,
      },
    },
  };
};

/** An export has to end some day. */
const lastDay = '2100-01-01T00:00:00Z';
