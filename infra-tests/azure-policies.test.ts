import { beforeAll, describe, expect, it } from 'vitest';
import { appliesTo, environmentOf, type Resource } from '../stacks/policies/rule.ts';
import { ofAzureAccess } from '../stacks/policies/rules/azure/access.ts';
import { ofAzureData, ofAzureStorage } from '../stacks/policies/rules/azure/data.ts';
import { ofAzureDelivery } from '../stacks/policies/rules/azure/delivery.ts';
import { ofAzureQuotas, ofAzureRunning } from '../stacks/policies/rules/azure/running.ts';
import { ofAzureTables } from '../stacks/policies/rules/azure/tables.ts';
import { more, spoiled, without, withProps } from './bad.ts';
import { graphFor, policed } from './graphs.ts';

const resourceRules = [...ofAzureAccess, ...ofAzureData, ...ofAzureRunning];
const graphRules = [...ofAzureTables, ...ofAzureStorage, ...ofAzureDelivery, ...ofAzureQuotas];

const resources: Resource[] = [];
beforeAll(async () => {
  resources.push(...policed(await graphFor('azure-prod')));
});

type Bad = {
  readonly rule: string;
  readonly what: string;
  readonly resource: string;
  readonly spoil: (resource: Resource) => Partial<Resource>;
};

type Properties = { readonly [property: string]: unknown };
/** A property of a property with other values. */
const withIn =
  (property: string, changed: Properties) =>
  (resource: Resource): Partial<Resource> => ({
    props: { ...resource.props, [property]: { ...(resource.props[property] as Properties), ...changed } },
  });

const app = { resource: 'models-app' };
const reads = { resource: 'inference-blob-reader-models-artifacts' };
const objects = { resource: 'data' };
const tables = { resource: 'database-account' };
const vault = { resource: 'vault' };
const owner = '/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

const badResources: readonly Bad[] = [
  { rule: 'azure-role-is-narrow', what: 'an owner', ...reads, spoil: withProps({ roleDefinitionId: owner }) },
  {
    ...{ rule: 'azure-role-is-narrow', what: 'a reader of the whole account', ...reads },
    spoil: ({ props }) => ({ props: { ...props, scope: String(props.scope).replace(/\/blobServices.*/, '') } }),
  },
  { rule: 'azure-identity-gets-roles', what: 'a role of a person', ...reads, spoil: withProps({ principalType: 'User' }) },
  {
    ...{ rule: 'azure-table-role-names-actions', what: 'a star', resource: 'database-put' },
    spoil: withProps({ permissions: [{ dataActions: ['Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/*'] }] }),
  },
  { rule: 'azure-table-role-names-actions', what: 'no action', resource: 'database-put', spoil: withProps({ permissions: [] }) },
  { rule: 'azure-storage-is-private', what: 'shared keys', ...objects, spoil: withProps({ allowSharedKeyAccess: true }) },
  { rule: 'azure-storage-is-private', what: 'public containers', ...objects, spoil: withProps({ allowBlobPublicAccess: true }) },
  { rule: 'azure-storage-is-private', what: 'an old TLS', ...objects, spoil: withProps({ minimumTlsVersion: 'TLS1_0' }) },
  { rule: 'azure-storage-is-private', what: 'users of its own', ...objects, spoil: withProps({ isLocalUserEnabled: true }) },
  {
    rule: 'azure-container-is-private',
    what: 'a public one',
    resource: 'models-artifacts-container',
    spoil: withProps({ publicAccess: 'Blob' }),
  },
  { rule: 'azure-service-has-no-keys', what: 'keys of tables', ...tables, spoil: withProps({ disableLocalAuth: false }) },
  { rule: 'azure-service-has-no-keys', what: 'keys of logs', resource: 'logs-workspace', spoil: withProps({ features: {} }) },
  {
    rule: 'azure-vault-grants-by-role',
    what: 'access policies',
    ...vault,
    spoil: withIn('properties', { enableRbacAuthorization: false }),
  },
  { rule: 'azure-vault-grants-by-role', what: 'no soft delete', ...vault, spoil: withIn('properties', { enableSoftDelete: false }) },
  {
    rule: 'azure-vault-grants-by-role',
    what: 'purging in prod',
    ...vault,
    spoil: withIn('properties', { enablePurgeProtection: undefined }),
  },
  { rule: 'azure-app-wants-tls', what: 'an app without', ...app, spoil: withProps({ httpsOnly: false }) },
  { rule: 'azure-app-wants-tls', what: 'FTP', ...app, spoil: withIn('siteConfig', { ftpsState: 'AllAllowed' }) },
  { rule: 'azure-app-wants-tls', what: 'passwords', resource: 'models-scm', spoil: withProps({ allow: true }) },
  { rule: 'azure-app-wants-tls', what: 'an old one', resource: 'events-topic', spoil: withProps({ minimumTlsVersionAllowed: '1.0' }) },
  {
    rule: 'azure-app-wants-tls',
    what: 'a route without',
    resource: 'edge-v1-models',
    spoil: withProps({ supportedProtocols: ['Http', 'Https'] }),
  },
  { rule: 'azure-table-can-be-restored', what: 'backups twice a day', ...tables, spoil: withProps({ backupPolicy: { type: 'Periodic' } }) },
  {
    ...{ rule: 'azure-table-is-strong', what: 'reads of the past', ...tables },
    spoil: withProps({ consistencyPolicy: { defaultConsistencyLevel: 'Eventual' } }),
  },
  { rule: 'azure-table-is-paid-by-use', what: 'with capacity', ...tables, spoil: withProps({ capabilities: [] }) },
  {
    ...{ rule: 'azure-table-keeps-its-key', what: 'another key', resource: 'models-registry-table' },
    spoil: withIn('resource', { partitionKey: { paths: ['/id'] } }),
  },
  {
    ...{ rule: 'azure-table-keeps-its-key', what: 'items that cannot end', resource: 'models-registry-table' },
    spoil: withIn('resource', { defaultTtl: undefined }),
  },
  { rule: 'azure-data-has-own-keys', what: 'tables without', ...tables, spoil: withProps({ keyVaultKeyUri: undefined }) },
  { rule: 'azure-data-has-own-keys', what: 'objects without', ...objects, spoil: withProps({ encryption: undefined }) },
  {
    rule: 'azure-key-is-turned-over',
    what: 'for ever the same',
    resource: 'tables-key',
    spoil: withIn('properties', { rotationPolicy: undefined }),
  },
  { rule: 'azure-data-is-protected', what: 'an account', ...tables, spoil: () => ({ protect: false }) },
  { rule: 'azure-data-is-protected', what: 'a table', resource: 'models-registry-table', spoil: () => ({ protect: false }) },
  { rule: 'azure-data-is-protected', what: 'a container', resource: 'models-artifacts-container', spoil: () => ({ protect: false }) },
  { rule: 'azure-log-ends', what: 'one without an end', resource: 'logs-workspace', spoil: withProps({ retentionInDays: undefined }) },
  { rule: 'azure-log-ends', what: 'any amount a day', resource: 'logs-workspace', spoil: withProps({ workspaceCapping: undefined }) },
  { rule: 'azure-resource-is-tagged', what: 'nobody’s app', ...app, spoil: withProps({ tags: { 'hybrid:stack': 'azure-prod' } }) },
  {
    rule: 'azure-app-runs-as-meant',
    what: 'an old Node',
    ...app,
    spoil: withIn('functionAppConfig', { runtime: { name: 'node', version: '20' } }),
  },
  { rule: 'azure-app-runs-as-meant', what: 'all at once', ...app, spoil: withIn('functionAppConfig', { siteUpdateStrategy: undefined }) },
  { rule: 'azure-app-runs-as-meant', what: 'no identity', ...app, spoil: withProps({ identity: { type: 'None' } }) },
  { rule: 'azure-app-runs-as-meant', what: 'packages by key', ...app, spoil: withIn('functionAppConfig', { deployment: {} }) },
  { rule: 'azure-app-is-paid-by-use', what: 'a plan by the hour', resource: 'models-plan', spoil: withProps({ sku: { name: 'EP1' } }) },
  {
    ...{ rule: 'azure-app-is-paid-by-use', what: 'instances that wait', ...app },
    spoil: withIn('functionAppConfig', { scaleAndConcurrency: { alwaysReady: [{ name: 'http', instanceCount: 1 }] } }),
  },
  {
    ...{ rule: 'azure-app-knows-no-secret', what: 'a secret in a setting', ...app },
    spoil: withIn('siteConfig', { appSettings: [{ name: 'HYBRID_ORIGIN_SECRET', value: 'in the open' }] }),
  },
  {
    ...{ rule: 'azure-app-has-one-way-in', what: 'a way around the firewall', ...app },
    spoil: withIn('siteConfig', { ipSecurityRestrictionsDefaultAction: 'Allow' }),
  },
  {
    ...{ rule: 'azure-app-has-one-way-in', what: 'anybody’s Front Door', ...app },
    spoil: withIn('siteConfig', { ipSecurityRestrictions: [{ ipAddress: 'AzureFrontDoor.Backend' }] }),
  },
  {
    rule: 'azure-firewall-blocks',
    what: 'looking on',
    resource: 'edgefirewall',
    spoil: withProps({ policySettings: { mode: 'Detection' } }),
  },
  {
    rule: 'azure-firewall-blocks',
    what: 'the hosts',
    resource: 'edgefirewall',
    spoil: withProps({ customRules: { rules: [{ ruleType: 'RateLimitRule' }] } }),
  },
  { rule: 'azure-firewall-blocks', what: 'floods', resource: 'edgefirewall', spoil: withProps({ customRules: { rules: [] } }) },
];

describe('the policy of Azure', () => {
  it.each(badResources)('$rule refuses $what', ({ rule: name, resource, spoil }) => {
    const rule = resourceRules.find((one) => one.name === name);
    const [bad] = spoiled(resources, resource, spoil).filter(
      (one) => one.name === resource && rule !== undefined && appliesTo(rule, one.type),
    );
    expect(rule !== undefined && bad !== undefined && rule.breaks(bad, environmentOf('azure-prod'))).toEqual(expect.any(String));
  });
  it('is tried on something bad, each', () =>
    expect(resourceRules.map(({ name }) => name).filter((name) => !badResources.some(({ rule }) => rule === name))).toEqual([]));
});

type BadGraph = { readonly rule: string; readonly what: string; readonly spoil: (all: readonly Resource[]) => readonly Resource[] };
const delivery = 'models-alias-assigned-subscription';

/** On the account, as the roles are by which apps read its description. */
const onAccount = ({ props }: Resource): Partial<Resource> => ({ props: { ...props, scope: String(props.scope).replace(/\/dbs.*/, '') } });

const badGraphs: readonly BadGraph[] = [
  {
    rule: 'azure-immutable-container-is',
    what: 'a container without a policy',
    spoil: (all) => spoiled(all, 'billing-exports-container', withProps({ immutableStorageWithVersioning: { enabled: true } })),
  },
  {
    rule: 'azure-table-role-is-on-one-table',
    what: 'all tables',
    spoil: (all) => spoiled(all, 'models-append-models-registry', onAccount),
  },
  {
    rule: 'azure-table-role-is-on-one-table',
    what: 'all tables under a harmless name',
    spoil: (all) => spoiled(all, 'models-append-models-registry', (one) => ({ ...onAccount(one), name: 'models-metadata-account' })),
  },
  {
    rule: 'azure-table-role-is-on-one-table',
    what: 'a description with items in it',
    spoil: (all) =>
      spoiled(
        all,
        'database-metadata',
        withProps({ permissions: [{ dataActions: ['Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read'] }] }),
      ),
  },
  { rule: 'azure-storage-is-complete', what: 'an account without versions', spoil: (all) => without(all, 'data-blobs') },
  {
    rule: 'azure-storage-is-complete',
    what: 'versions that are off',
    spoil: (all) => spoiled(all, 'data-blobs', withProps({ isVersioningEnabled: false })),
  },
  { rule: 'azure-storage-is-complete', what: 'an account that nobody tidies', spoil: (all) => without(all, 'data-lifecycle') },
  {
    rule: 'azure-subscription-gives-up-to-blobs',
    what: 'events that may be lost',
    spoil: (all) => spoiled(all, delivery, withProps({ deadLetterWithResourceIdentity: undefined })),
  },
  {
    rule: 'azure-subscription-gives-up-to-blobs',
    what: 'one try',
    spoil: (all) => spoiled(all, delivery, withProps({ retryPolicy: undefined })),
  },
  {
    rule: 'azure-subscription-gives-up-to-blobs',
    what: 'another envelope',
    spoil: (all) => spoiled(all, delivery, withProps({ eventDeliverySchema: 'EventGridSchema' })),
  },
  {
    rule: 'azure-subscription-may-send-to-its-queue',
    what: 'a closed queue',
    spoil: (all) => without(all, 'models-alias-assigned-delivers'),
  },
  { rule: 'azure-subscription-may-send-to-its-queue', what: 'a closed container', spoil: (all) => without(all, 'events-undelivered') },
  { rule: 'azure-subscription-may-send-to-its-queue', what: 'no queue', spoil: (all) => without(all, 'models-alias-assigned-queue') },
  { rule: 'azure-queue-gives-up-to-another', what: 'no dead letters', spoil: (all) => without(all, 'models-alias-assigned-poison') },
  {
    rule: 'azure-queue-gives-up-to-another',
    what: 'a reader that may give nothing up',
    spoil: (all) => without(all, 'models-queue-sender-models-alias-assigned-poison'),
  },
  {
    rule: 'azure-queue-gives-up-to-another',
    what: 'dead letters that nobody takes',
    spoil: (all) => without(all, 'observability-queue-contributor-models-alias-assigned-poison'),
  },
  {
    rule: 'azure-alert-is-heard',
    what: 'an alert to nobody',
    spoil: (all) => spoiled(all, 'monitoring-undelivered', withProps({ actions: [] })),
  },
  {
    rule: 'azure-dead-letter-is-watched',
    what: 'dead letters in silence',
    spoil: (all) => without(without(all, 'monitoring-dead-letters-came'), 'monitoring-dead-letters-stay'),
  },
  { rule: 'azure-dead-letter-is-watched', what: 'a bus in silence', spoil: (all) => without(all, 'monitoring-dropped') },
  { rule: 'azure-dead-letter-is-watched', what: 'an app in silence', spoil: (all) => without(all, 'monitoring-models-failures') },
  {
    rule: 'azure-counts-stay-within-quotas',
    what: 'too many definitions',
    spoil: (all) => more(all, 100, 'azure-native:cosmosdb:SqlResourceSqlRoleDefinition'),
  },
  {
    rule: 'azure-counts-stay-within-quotas',
    what: 'too long a name',
    spoil: (all) => spoiled(all, app.resource, withProps({ name: 'x'.repeat(33) })),
  },
  { rule: 'azure-edge-is-guarded', what: 'an edge without a firewall', spoil: (all) => without(all, 'edge-protection') },
];

describe('the policy of Azure between resources', () => {
  it.each(badGraphs)('$rule refuses $what', ({ rule: name, spoil }) => {
    const violations = graphRules.find((one) => one.name === name)?.breaks(spoil(resources), 'prod');
    expect(violations?.length).toBeGreaterThan(0);
  });
  it('is tried on something bad, each', () => {
    const tried = badGraphs.map(({ rule }) => rule);
    expect(graphRules.map(({ name }) => name).filter((name) => !tried.includes(name))).toEqual([]);
  });
});
