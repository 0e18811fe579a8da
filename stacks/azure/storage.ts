import { BlobServiceProperties, type BlobServicePropertiesArgs } from '@pulumi/azure-native/storage/blobServiceProperties.js';
import { ManagementPolicy, type ManagementPolicyArgs } from '@pulumi/azure-native/storage/managementPolicy.js';
import { StorageAccount, type StorageAccountArgs } from '@pulumi/azure-native/storage/storageAccount.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { ofData, type TransformEach, transformed } from '../component.ts';
import { type Home, placed, tagsOf } from './component.ts';
import type { EncryptedBy } from './keys.ts';
import { onceSettled } from './settling.ts';

/** Blobs whose names begin so (the container first) go, with what they were before, when they were last written that many days ago. */
export type Expiry = { readonly name: string; readonly prefix: string; readonly days: number };

export type StorageArgs = {
  readonly home: Home;
  readonly context: string;
  /** Copies in three zones of the region instead of in one. */
  readonly enableZones: boolean;
  readonly expiries: readonly Expiry[];
  readonly encryptedBy?: EncryptedBy | undefined;
  readonly protectsData: boolean;
  readonly transform?:
    | TransformEach<{ account: StorageAccountArgs; blobs: BlobServicePropertiesArgs; lifecycle: ManagementPolicyArgs }>
    | undefined;
};

const recoverableDays = 30;

/**
 * A storage account that nobody reads without an identity: no shared keys, nothing public, TLS 1.2. What was overwritten or deleted can be had back
 * for 30 days. Its logical name has no dash, since the name of an account has none.
 */
export class Storage extends ComponentResource {
  readonly id: Output<string>;
  readonly accountName: Output<string>;
  readonly blobEndpoint: Output<string>;
  readonly queueEndpoint: Output<string>;

  constructor(name: string, args: StorageArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Storage', name, {}, options);
    const { home, transform = {} } = args;
    const { resourceGroupName } = home;
    const account = new StorageAccount(name, transformed(accountOf(args), transform.account), {
      parent: this,
      ...ofData(args.protectsData),
      ...(args.encryptedBy === undefined ? {} : onceSettled),
    });
    const of = { resourceGroupName, accountName: account.name };
    const blobs = new BlobServiceProperties(`${name}-blobs`, transformed({ ...of, ...recoverable }, transform.blobs), { parent: this });
    const lifecycle = { ...of, managementPolicyName: 'default', policy: { rules: rulesOf(args.expiries) } };
    // Rules on versions are refused as long as there are none.
    new ManagementPolicy(`${name}-lifecycle`, transformed<ManagementPolicyArgs>(lifecycle, transform.lifecycle), {
      parent: this,
      dependsOn: blobs,
    });
    this.id = account.id;
    this.accountName = account.name;
    this.blobEndpoint = account.primaryEndpoints.apply(({ blob }) => blob);
    this.queueEndpoint = account.primaryEndpoints.apply(({ queue }) => queue);
    this.registerOutputs({ accountName: this.accountName });
  }
}

const accountOf = ({ home, context, enableZones, encryptedBy }: StorageArgs): StorageAccountArgs => ({
  ...placed(home),
  kind: 'StorageV2',
  sku: { name: enableZones ? 'Standard_ZRS' : 'Standard_LRS' },
  accessTier: 'Hot',
  allowBlobPublicAccess: false,
  allowSharedKeyAccess: false,
  defaultToOAuthAuthentication: true,
  allowCrossTenantReplication: false,
  enableHttpsTrafficOnly: true,
  minimumTlsVersion: 'TLS1_2',
  isLocalUserEnabled: false,
  ...encryptionOf(encryptedBy),
  tags: tagsOf(home, context),
});

const encryptionOf = (by: EncryptedBy | undefined): Pick<StorageAccountArgs, 'encryption' | 'identity'> =>
  by === undefined
    ? {}
    : {
        identity: { type: 'UserAssigned', userAssignedIdentities: [by.identityId] },
        encryption: {
          keySource: 'Microsoft.Keyvault',
          encryptionIdentity: { encryptionUserAssignedIdentity: by.identityId },
          keyVaultProperties: { keyName: by.keyName, keyVaultUri: by.vaultUri },
          services: {
            blob: { enabled: true, keyType: 'Account' },
            // Queues are encrypted with the account's key only where they are told so when the account is made.
            queue: { enabled: true, keyType: 'Account' },
          },
        },
      };

const recoverable = {
  blobServicesName: 'default',
  isVersioningEnabled: true,
  deleteRetentionPolicy: { enabled: true, days: recoverableDays },
  containerDeleteRetentionPolicy: { enabled: true, days: recoverableDays },
};

type Rules = Input<Input<ManagementPolicyRule>[]>;
type ManagementPolicyRule = {
  name: string;
  type: 'Lifecycle';
  enabled: boolean;
  definition: {
    filters: { blobTypes: string[]; prefixMatch?: string[] };
    actions: {
      baseBlob?: { delete: { daysAfterModificationGreaterThan: number } };
      version?: { delete: { daysAfterCreationGreaterThan: number } };
    };
  };
};

const rulesOf = (expiries: readonly Expiry[]): Rules => [
  {
    name: 'leftovers',
    type: 'Lifecycle',
    enabled: true,
    definition: {
      filters: { blobTypes: ['blockBlob'] },
      actions: { version: { delete: { daysAfterCreationGreaterThan: recoverableDays } } },
    },
  },
  ...expiries.map(
    ({ name, prefix, days }): ManagementPolicyRule => ({
      name,
      type: 'Lifecycle',
      enabled: true,
      definition: {
        filters: { blobTypes: ['blockBlob'], prefixMatch: [prefix] },
        actions: {
          baseBlob: { delete: { daysAfterModificationGreaterThan: days } },
          version: { delete: { daysAfterCreationGreaterThan: days } },
        },
      },
    }),
  ),
];
