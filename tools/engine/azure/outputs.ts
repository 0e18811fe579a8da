import { createHash } from 'node:crypto';

/** The subscription that graphs are drawn for and emulated, and what Azure would name the resources there. */
export const subscription = '00000000-1111-2222-3333-444444444444';
export const tenant = '55555555-6666-7777-8888-999999999999';
export const location = 'germanywestcentral';

export type Inputs = { readonly [property: string]: unknown };
export type Added = { readonly id?: string; readonly name?: string } & Inputs;

const within = (inputs: Inputs, provider: string, ...path: readonly string[]): string =>
  `/subscriptions/${subscription}/resourceGroups/${String(inputs.resourceGroupName)}/providers/${provider}/${path.join('/')}`;

const text = (inputs: Inputs, property: string, otherwise: string): string =>
  typeof inputs[property] === 'string' ? (inputs[property] as string) : otherwise;

/** What stands for a UUID of something that is called so. */
export const uuid = (name: string): string => `00000000-0000-8000-8000-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;

export const endpointHost = (endpoint: string): string => `${endpoint}.z01.azurefd.net`;

const ofStorage = (inputs: Inputs, ...path: readonly string[]): string =>
  within(inputs, 'Microsoft.Storage', 'storageAccounts', String(inputs.accountName), ...path);
const ofCosmos = (inputs: Inputs, ...path: readonly string[]): string =>
  within(inputs, 'Microsoft.DocumentDB', 'databaseAccounts', String(inputs.accountName), ...path);
const ofProfile = (inputs: Inputs, ...path: readonly string[]): string =>
  within(inputs, 'Microsoft.Cdn', 'profiles', String(inputs.profileName), ...path);

/** By module and type: what a provider adds to the inputs. `auto` is the name that it would make of the logical one. */
const made: { readonly [type: string]: (auto: string, inputs: Inputs) => Added } = {
  'apimanagement:ApiManagementService': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.ApiManagement', 'service', auto),
    gatewayUrl: `https://${auto}.azure-api.net`,
  }),
  'resources:ResourceGroup': (auto, inputs) => {
    const name = text(inputs, 'resourceGroupName', auto);
    return { name, id: `/subscriptions/${subscription}/resourceGroups/${name}` };
  },
  'resources:Deployment': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.Resources', 'deployments', auto),
    properties: { provisioningState: 'Succeeded', outputs: { principalId: { value: uuid(auto) } } },
  }),
  'storage:StorageAccount': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.Storage', 'storageAccounts', auto),
    primaryEndpoints: { blob: `https://${auto}.blob.core.windows.net/`, queue: `https://${auto}.queue.core.windows.net/` },
  }),
  'storage:BlobContainer': (auto, inputs) => {
    const name = text(inputs, 'containerName', auto);
    return { name, id: ofStorage(inputs, 'blobServices', 'default', 'containers', name) };
  },
  'storage:Queue': (auto, inputs) => {
    const name = text(inputs, 'queueName', auto);
    return { name, id: ofStorage(inputs, 'queueServices', 'default', 'queues', name) };
  },
  'cosmosdb:DatabaseAccount': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.DocumentDB', 'databaseAccounts', auto),
    documentEndpoint: `https://${auto}.documents.azure.com:443/`,
  }),
  'cosmosdb:SqlResourceSqlDatabase': (auto, inputs) => {
    const name = text(inputs, 'databaseName', auto);
    return { name, id: ofCosmos(inputs, 'sqlDatabases', name) };
  },
  'cosmosdb:SqlResourceSqlContainer': (auto, inputs) => {
    const name = text(inputs, 'containerName', auto);
    return { name, id: ofCosmos(inputs, 'sqlDatabases', String(inputs.databaseName), 'containers', name) };
  },
  'cosmosdb:SqlResourceSqlRoleDefinition': (auto, inputs) => {
    const name = text(inputs, 'roleDefinitionId', auto);
    return { name, id: ofCosmos(inputs, 'sqlRoleDefinitions', name) };
  },
  'cosmosdb:SqlResourceSqlRoleAssignment': (auto, inputs) => {
    const name = text(inputs, 'roleAssignmentId', auto);
    return { name, id: ofCosmos(inputs, 'sqlRoleAssignments', name) };
  },
  'eventgrid:Topic': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.EventGrid', 'topics', auto),
    endpoint: `https://${auto}.${location}-1.eventgrid.azure.net/api/events`,
  }),
  'eventgrid:TopicEventSubscription': (auto, inputs) => {
    const name = text(inputs, 'eventSubscriptionName', auto);
    return { name, id: within(inputs, 'Microsoft.EventGrid', 'topics', String(inputs.topicName), 'eventSubscriptions', name) };
  },
  'managedidentity:UserAssignedIdentity': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.ManagedIdentity', 'userAssignedIdentities', auto),
    principalId: uuid(`p-${auto}`),
    clientId: uuid(`c-${auto}`),
  }),
  'authorization:RoleAssignment': (auto, inputs) => ({
    name: uuid(auto),
    id: `${String(inputs.scope)}/providers/Microsoft.Authorization/roleAssignments/${uuid(auto)}`,
  }),
  'keyvault:Vault': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.KeyVault', 'vaults', auto),
    properties: { ...(inputs.properties as Inputs), vaultUri: `https://${auto}.vault.azure.net/` },
  }),
  'keyvault:Secret': (auto, inputs) => {
    const name = text(inputs, 'secretName', auto);
    return { name, id: within(inputs, 'Microsoft.KeyVault', 'vaults', String(inputs.vaultName), 'secrets', name) };
  },
  'keyvault:Key': (auto, inputs) => {
    const name = text(inputs, 'keyName', auto);
    return {
      name,
      id: within(inputs, 'Microsoft.KeyVault', 'vaults', String(inputs.vaultName), 'keys', name),
      keyUri: `https://${String(inputs.vaultName)}.vault.azure.net/keys/${name}`,
    };
  },
  'web:AppServicePlan': (auto, inputs) => ({ name: auto, id: within(inputs, 'Microsoft.Web', 'serverfarms', auto) }),
  'web:WebApp': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.Web', 'sites', auto),
    defaultHostName: `${auto}.azurewebsites.net`,
  }),
  'operationalinsights:Workspace': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.OperationalInsights', 'workspaces', auto),
  }),
  'applicationinsights:Component': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.Insights', 'components', auto),
    connectionString: `InstrumentationKey=${uuid(auto)}`,
  }),
  'monitor:ActionGroup': (auto, inputs) => ({ name: auto, id: within(inputs, 'Microsoft.Insights', 'actionGroups', auto) }),
  'cdn:Profile': (auto, inputs) => ({ name: auto, id: within(inputs, 'Microsoft.Cdn', 'profiles', auto), frontDoorId: uuid(auto) }),
  'cdn:AFDEndpoint': (auto, inputs) => ({ name: auto, id: ofProfile(inputs, 'afdEndpoints', auto), hostName: endpointHost(auto) }),
  'cdn:AFDCustomDomain': (auto, inputs) => ({
    name: auto,
    id: ofProfile(inputs, 'customDomains', auto),
    validationProperties: { validationToken: 'token' },
  }),
  'cdn:AFDOriginGroup': (auto, inputs) => {
    const name = text(inputs, 'originGroupName', auto);
    return { name, id: ofProfile(inputs, 'originGroups', name) };
  },
  'cdn:AFDOrigin': (auto, inputs) => {
    const name = text(inputs, 'originName', auto);
    return { name, id: ofProfile(inputs, 'originGroups', String(inputs.originGroupName), 'origins', name) };
  },
  'cdn:Route': (auto, inputs) => {
    const name = text(inputs, 'routeName', auto);
    return { name, id: ofProfile(inputs, 'afdEndpoints', String(inputs.endpointName), 'routes', name) };
  },
  'cdn:Rule': (auto, inputs) => {
    const name = text(inputs, 'ruleName', auto);
    return { name, id: ofProfile(inputs, 'ruleSets', String(inputs.ruleSetName), 'rules', name) };
  },
  'cdn:SecurityPolicy': (auto, inputs) => {
    const name = text(inputs, 'securityPolicyName', auto);
    return { name, id: ofProfile(inputs, 'securityPolicies', name) };
  },
  'dns:RecordSet': (_auto, inputs) => {
    const name = String(inputs.relativeRecordSetName);
    return { name, id: within(inputs, 'Microsoft.Network', 'dnsZones', String(inputs.zoneName), String(inputs.recordType), name) };
  },
  'cdn:RuleSet': (auto, inputs) => {
    const name = text(inputs, 'ruleSetName', auto);
    return { name, id: ofProfile(inputs, 'ruleSets', name) };
  },
  'frontdoor:Policy': (auto, inputs) => ({
    name: auto,
    id: within(inputs, 'Microsoft.Network', 'frontDoorWebApplicationFirewallPolicies', auto),
  }),
};

/** `azure-native:storage:StorageAccount` as `storage:StorageAccount`. */
export const kindOf = (type: string): string => type.split(':').slice(1).join(':');

/** What the provider adds to the inputs of a resource: its id and name at least. `auto` is the name that it would make of the logical one. */
export const addedTo = (type: string, auto: string, inputs: Inputs): Added & { readonly id: string; readonly name: string } => ({
  id: auto,
  name: auto,
  ...made[kindOf(type)]?.(auto, inputs),
});

/** What Azure answers when it is asked something. */
export const answerTo = (token: string): Inputs =>
  token === 'azure-native:authorization:getClientConfig'
    ? { clientId: uuid('client'), objectId: uuid('object'), subscriptionId: subscription, tenantId: tenant }
    : {};
