import { profiles } from '../../../environment.ts';
import { at, type Resource, textAt } from '../../rule.ts';
import { exact } from './exact.ts';
import { narrowRoles, roleIn } from './roles.ts';
import { actionsIn } from './tables.ts';

/** What only Cosmos DB's own roles may do with items, each action by its name. */
const dataAction =
  /^Microsoft\.DocumentDB\/databaseAccounts\/(readMetadata|sqlDatabases\/containers\/(executeQuery|readChangeFeed|items\/(create|read|replace|upsert|delete)))$/;

export const ofAzureAccess = exact([
  {
    name: 'azure-role-is-narrow',
    describes:
      'An identity has roles that reach one container, queue, topic, secret or key each; nobody is an owner or a contributor of anything.',
    types: ['azure-native:authorization:RoleAssignment'],
    breaks: (assignment) => {
      const role = narrowRoles[roleIn(textAt(assignment, 'roleDefinitionId'))];
      if (role === undefined) return 'it assigns a role that is not among the narrow ones';
      const scope = textAt(assignment, 'scope');
      // In a preview the scope may not be known yet.
      if (scope === '') return undefined;
      return role.on.test(scope) ? undefined : `${role.name} reaches all of ${scope}`;
    },
  },
  {
    name: 'azure-identity-gets-roles',
    describes: 'Roles are assigned to identities of the stack, never to people, and never to define roles of one’s own.',
    types: ['azure-native:authorization:RoleAssignment', 'azure-native:authorization:RoleDefinition'],
    breaks: (resource) => {
      if (resource.type === 'azure-native:authorization:RoleDefinition') return 'it defines a role that others may widen';
      return textAt(resource, 'principalType') === 'ServicePrincipal' ? undefined : 'it may be for a person or a group';
    },
  },
  {
    name: 'azure-table-role-names-actions',
    describes: 'A role at Cosmos DB names each action, without a star.',
    types: ['azure-native:cosmosdb:SqlResourceSqlRoleDefinition'],
    breaks: (role) => {
      const actions = actionsIn(role);
      const wide = actions.find((action) => !dataAction.test(action));
      if (actions.length === 0) return 'it names no action';
      return wide === undefined ? undefined : `it allows ${wide}`;
    },
  },
  {
    name: 'azure-storage-is-private',
    describes: 'A storage account is reached with an identity, by TLS 1.2, and nothing in it is public; it has no keys to share.',
    types: ['azure-native:storage:StorageAccount'],
    breaks: (account) => {
      if (at(account, 'allowBlobPublicAccess') !== false) return 'its containers could be made public';
      if (at(account, 'allowSharedKeyAccess') !== false) return 'whoever has its key has everything in it';
      if (at(account, 'enableHttpsTrafficOnly') !== true || at(account, 'minimumTlsVersion') !== 'TLS1_2')
        return 'it speaks without TLS, or with an old one';
      return at(account, 'isLocalUserEnabled') === false ? undefined : 'it may have users of its own';
    },
  },
  {
    name: 'azure-container-is-private',
    describes: 'No container of blobs is public.',
    types: ['azure-native:storage:BlobContainer'],
    breaks: (container) => (at(container, 'publicAccess') === 'None' ? undefined : 'anybody may read it'),
  },
  {
    name: 'azure-service-has-no-keys',
    describes:
      'Cosmos DB, Event Grid, Application Insights and the logs are reached with an identity only: their own keys are switched off.',
    types: [
      'azure-native:cosmosdb:DatabaseAccount',
      'azure-native:eventgrid:Topic',
      'azure-native:applicationinsights:Component',
      'azure-native:operationalinsights:Workspace',
    ],
    breaks: (resource) => (localAuthIsOff(resource) ? undefined : 'whoever has its key may do anything with it'),
  },
  {
    name: 'azure-vault-grants-by-role',
    describes:
      'A vault grants each secret and key by itself, by roles; what is deleted can be had back, outside dev whatever anybody does.',
    types: ['azure-native:keyvault:Vault'],
    breaks: (vault, environment) => {
      if (at(vault, 'properties', 'enableRbacAuthorization') !== true) return 'its access policies open all of it';
      if (at(vault, 'properties', 'enableSoftDelete') !== true) return 'what is deleted in it is gone';
      return profiles[environment].ownKeys && at(vault, 'properties', 'enablePurgeProtection') !== true ? 'it could be purged' : undefined;
    },
  },
  {
    name: 'azure-app-wants-tls',
    describes: 'Apps, topics, databases and the edge speak TLS 1.2 or later; nobody publishes to an app with a password.',
    types: [
      'azure-native:web:WebApp',
      'azure-native:web:WebAppFtpAllowed',
      'azure-native:web:WebAppScmAllowed',
      'azure-native:eventgrid:Topic',
      'azure-native:cosmosdb:DatabaseAccount',
      'azure-native:cdn:AFDCustomDomain',
      'azure-native:cdn:Route',
    ],
    breaks: (resource) => tls[resource.type]?.(resource),
  },
]);

const localAuthIsOff = (resource: Resource): boolean =>
  resource.type === 'azure-native:operationalinsights:Workspace'
    ? at(resource, 'features', 'disableLocalAuth') === true
    : at(resource, 'disableLocalAuth') === true;

const unless = (fine: boolean, says: string): string | undefined => (fine ? undefined : says);

const tls: { readonly [type: string]: (resource: Resource) => string | undefined } = {
  'azure-native:web:WebApp': (app) =>
    unless(
      at(app, 'httpsOnly') === true && at(app, 'siteConfig', 'minTlsVersion') === '1.2',
      'it speaks without TLS, or with an old one',
    ) ?? unless(at(app, 'siteConfig', 'ftpsState') === 'Disabled', 'files can be put into it by FTP'),
  'azure-native:web:WebAppFtpAllowed': (one) => unless(at(one, 'allow') === false, 'whoever has the password may publish'),
  'azure-native:web:WebAppScmAllowed': (one) => unless(at(one, 'allow') === false, 'whoever has the password may publish'),
  'azure-native:eventgrid:Topic': (topic) => unless(at(topic, 'minimumTlsVersionAllowed') === '1.2', 'it speaks an old TLS'),
  'azure-native:cosmosdb:DatabaseAccount': (account) => unless(at(account, 'minimalTlsVersion') === 'Tls12', 'it speaks an old TLS'),
  'azure-native:cdn:AFDCustomDomain': (domain) =>
    unless(at(domain, 'tlsSettings', 'minimumTlsVersion') === 'TLS12', 'it speaks an old TLS'),
  'azure-native:cdn:Route': (route) =>
    unless(
      JSON.stringify(at(route, 'supportedProtocols')) === '["Https"]' && at(route, 'forwardingProtocol') === 'HttpsOnly',
      'it takes or forwards requests without TLS',
    ),
};
