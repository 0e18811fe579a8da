import { type Environment, profiles } from '../../../environment.ts';
import { at, type GraphRule, ofType, type Resource, textAt } from '../../rule.ts';
import { exact } from './exact.ts';

const keepsData = [
  'azure-native:cosmosdb:DatabaseAccount',
  'azure-native:cosmosdb:SqlResourceSqlDatabase',
  'azure-native:cosmosdb:SqlResourceSqlContainer',
  'azure-native:storage:StorageAccount',
  'azure-native:storage:BlobContainer',
  'azure-native:keyvault:Vault',
  'azure-native:keyvault:Secret',
  'azure-native:keyvault:Key',
] as const;

/** What the next update makes again: packages, and what the runtime keeps for itself. */
const ofRuntime = ({ type, name }: Resource): boolean =>
  (type === 'azure-native:storage:StorageAccount' && name.endsWith('rt')) ||
  /-(packages|webjobs-hosts|webjobs-secrets)$/.test(name) ||
  name === 'edge-origin-secret';

export const ofAzureData = exact([
  {
    name: 'azure-table-can-be-restored',
    describes: 'Every table can be put back to any second of the last seven days.',
    types: ['azure-native:cosmosdb:DatabaseAccount'],
    breaks: (account) =>
      at(account, 'backupPolicy', 'type') === 'Continuous' ? undefined : 'what is in it can be put back to some hours only',
  },
  {
    name: 'azure-table-is-strong',
    describes: 'Whoever reads sees what was acknowledged.',
    types: ['azure-native:cosmosdb:DatabaseAccount'],
    breaks: (account) =>
      at(account, 'consistencyPolicy', 'defaultConsistencyLevel') === 'Strong' ? undefined : 'what was acknowledged may not be seen yet',
  },
  {
    name: 'azure-table-is-paid-by-use',
    describes: 'A table that nobody uses costs nothing but its space.',
    types: ['azure-native:cosmosdb:DatabaseAccount'],
    breaks: (account) =>
      JSON.stringify(at(account, 'capabilities') ?? []).includes('"EnableServerless"') ? undefined : 'it is paid for capacity, used or not',
  },
  {
    name: 'azure-table-keeps-its-key',
    describes: 'A table is a container by pk, in which items may end: neither can be changed without another container.',
    types: ['azure-native:cosmosdb:SqlResourceSqlContainer'],
    breaks: (container) => {
      if (container.name.endsWith('-leases')) return undefined;
      if (textAt(container, 'resource', 'partitionKey', 'paths', 0) !== '/pk') return 'its key is not pk, and another key is another table';
      return at(container, 'resource', 'defaultTtl') === -1 ? undefined : 'items in it never end, or all of them do';
    },
  },
  {
    name: 'azure-data-has-own-keys',
    describes: 'Outside dev tables and objects are encrypted with a key of the stack.',
    types: ['azure-native:cosmosdb:DatabaseAccount', 'azure-native:storage:StorageAccount'],
    breaks: (account, environment) => {
      if (!profiles[environment].ownKeys || ofRuntime(account)) return undefined;
      const own = at(account, 'keyVaultKeyUri') ?? (at(account, 'encryption', 'keySource') === 'Microsoft.Keyvault' ? 'own' : undefined);
      return own === undefined ? 'it is not encrypted with a key of the stack' : undefined;
    },
  },
  {
    name: 'azure-key-is-turned-over',
    describes: 'Every key is turned over each year.',
    types: ['azure-native:keyvault:Key'],
    breaks: (key) =>
      JSON.stringify(at(key, 'properties', 'rotationPolicy') ?? {}).includes('P1Y') ? undefined : 'it is never turned over',
  },
  {
    name: 'azure-data-is-protected',
    describes: 'In prod neither a mistaken destroy nor a replacement takes data along: the engine refuses both.',
    types: keepsData,
    breaks: (resource, environment) =>
      !profiles[environment].protectsData || resource.protect || ofRuntime(resource)
        ? undefined
        : 'it is not protected, so that it could be deleted or replaced',
  },
  {
    name: 'azure-log-ends',
    describes: 'Logs are kept for a time that somebody chose, and no more of them is taken in a day than somebody will pay.',
    types: ['azure-native:operationalinsights:Workspace'],
    breaks: (workspace) => {
      if (!(Number(at(workspace, 'retentionInDays') ?? 0) > 0)) return 'they are kept for as long as Azure likes';
      return Number(at(workspace, 'workspaceCapping', 'dailyQuotaGb') ?? 0) > 0 ? undefined : 'there is no end to what it takes in a day';
    },
  },
]);

const needed = {
  'azure-native:storage:BlobServiceProperties': 'what is overwritten or deleted in it is gone',
  'azure-native:storage:ManagementPolicy': 'what is left over in it stays for ever',
} as const;

export const ofAzureStorage: readonly GraphRule[] = [
  {
    name: 'azure-storage-is-complete',
    describes: 'In every storage account blobs have versions, what is deleted can be had back, and what is left over goes.',
    breaks: (resources) =>
      ofType(resources, 'azure-native:storage:StorageAccount').flatMap((account) =>
        Object.entries(needed).flatMap(([type, says]) => {
          const found = ofType(resources, type).find((one) => textAt(one, 'accountName') === textAt(account, 'name'));
          if (found === undefined) return [{ resource: account, says }];
          return type.endsWith('BlobServiceProperties') && !isRecoverable(found) ? [{ resource: found, says }] : [];
        }),
      ),
  },
  {
    name: 'azure-immutable-container-is',
    describes: 'A container that is immutable keeps each version for days, and is in prod: elsewhere a destroy would stop at it.',
    breaks: (resources, environment) => {
      const policies = ofType(resources, 'azure-native:storage:BlobContainerImmutabilityPolicy');
      return ofType(resources, 'azure-native:storage:BlobContainer').flatMap((container) => {
        const says = immutability(container, policies, environment);
        return says === undefined ? [] : [{ resource: container, says }];
      });
    },
  },
];

/** Why what a container is to keep it does not, or keeps so that nobody could live with it. */
const immutability = (container: Resource, policies: readonly Resource[], environment: Environment): string | undefined => {
  const policy = policies.find((one) => ['accountName', 'containerName'].every((name) => textAt(one, name) === textAt(container, name)));
  const hasVersions = at(container, 'immutableStorageWithVersioning', 'enabled') === true;
  if (policy === undefined) return hasVersions ? 'it keeps nothing' : undefined;
  if (!hasVersions) return 'nothing in it could be written twice';
  if (!(Number(at(policy, 'immutabilityPeriodSinceCreationInDays')) > 0)) return 'it keeps nothing';
  return profiles[environment].protectsData ? undefined : 'a destroy would stop at it';
};

const isRecoverable = (blobs: Resource): boolean =>
  at(blobs, 'isVersioningEnabled') === true &&
  at(blobs, 'deleteRetentionPolicy', 'enabled') === true &&
  at(blobs, 'containerDeleteRetentionPolicy', 'enabled') === true;
