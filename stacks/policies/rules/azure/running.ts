import { profiles } from '../../../environment.ts';
import { at, type GraphRule, ofType, type Resource, textAt, type Violation } from '../../rule.ts';
import { exact } from './exact.ts';

/** Names of settings that hold what nobody may read; a reference to the vault, an address and a hash are none. */
const secretSetting = /(SECRET|PASSWORD|TOKEN|PRIVATE|ACCOUNTKEY|API_?KEY|ADMIN_?KEY|BOOTSTRAP)/i;
const harmless = /^(@Microsoft\.KeyVault\(|https:\/\/[^/]+\.vault\.azure\.net\/secrets\/|[0-9a-f]{64}$)/;

const neededTags = ['hybrid:stack', 'hybrid:environment', 'hybrid:platform'] as const;

/** Kinds of Azure that have no tags. */
const untagged =
  /^azure-native:(authorization:|cosmosdb:SqlResourceSqlRole|cosmosdb:SqlResourceSqlDatabase|consumption:|dns:|eventgrid:TopicEventSubscription|resources:Deployment|storage:(?!StorageAccount)|web:WebApp[A-Z]|cdn:(?!Profile|AFDEndpoint))/;

type Setting = { readonly name: string; readonly value: unknown };
const settingsOf = (app: Resource): readonly Setting[] => (at(app, 'siteConfig', 'appSettings') ?? []) as readonly Setting[];

export const ofAzureRunning = exact([
  {
    name: 'azure-resource-is-tagged',
    describes: 'Everything that can say which stack it belongs to does.',
    types: ['azure-native:'],
    breaks: (resource) => {
      if (untagged.test(resource.type) || resource.name.endsWith('-leases')) return undefined;
      const tags = (at(resource, 'tags') ?? {}) as { readonly [tag: string]: unknown };
      const missing = neededTags.filter((tag) => tags[tag] === undefined);
      return missing.length === 0 ? undefined : `it is not tagged with ${missing.join(', ')}`;
    },
  },
  {
    name: 'azure-app-runs-as-meant',
    describes: 'An app runs on Node 24, with an identity of its own, and is replaced instance by instance.',
    types: ['azure-native:web:WebApp'],
    breaks: (app) => {
      if (textAt(app, 'functionAppConfig', 'runtime', 'name') !== 'node' || textAt(app, 'functionAppConfig', 'runtime', 'version') !== '24')
        return 'it does not run on Node 24';
      if (at(app, 'identity', 'type') !== 'UserAssigned') return 'it has no identity of its own';
      if (textAt(app, 'functionAppConfig', 'deployment', 'storage', 'authentication', 'type') !== 'UserAssignedIdentity')
        return 'its packages are fetched with a key';
      return at(app, 'functionAppConfig', 'siteUpdateStrategy', 'type') === 'RollingUpdate'
        ? undefined
        : 'an update stops all of it, with what it is doing';
    },
  },
  {
    name: 'azure-app-is-paid-by-use',
    describes: 'An app that nobody calls costs nothing.',
    types: ['azure-native:web:AppServicePlan', 'azure-native:web:WebApp'],
    breaks: (resource) => {
      if (resource.type === 'azure-native:web:AppServicePlan')
        return at(resource, 'sku', 'name') === 'FC1' ? undefined : 'it is paid for whether or not anything runs';
      return at(resource, 'functionAppConfig', 'scaleAndConcurrency', 'alwaysReady') === undefined ? undefined : 'it keeps instances ready';
    },
  },
  {
    name: 'azure-app-knows-no-secret',
    describes: 'No setting of an app holds a secret: it names where the secret is kept, or its hash.',
    types: ['azure-native:web:WebApp'],
    breaks: (app) => {
      const told = settingsOf(app).find(({ name, value }) => secretSetting.test(name) && !harmless.test(String(value)));
      return told === undefined ? undefined : `${told.name} can be read by whoever may look at the app`;
    },
  },
  {
    name: 'azure-app-has-one-way-in',
    describes: 'In prod apps are reached through the stack’s Front Door only: past it there is no way around the firewall.',
    types: ['azure-native:web:WebApp'],
    breaks: (app, environment) => {
      if (profiles[environment].edge !== 'always') return undefined;
      const denied = at(app, 'siteConfig', 'ipSecurityRestrictionsDefaultAction') === 'Deny';
      const asked = at(app, 'siteConfig', 'ipSecurityRestrictions', 0, 'headers', 'x-azure-fdid');
      return denied && Array.isArray(asked) && asked.length === 1 ? undefined : 'it can be reached past the firewall';
    },
  },
  {
    name: 'azure-firewall-blocks',
    describes: 'The firewall blocks what it knows, floods, and whoever wants to speak with the hosts of the apps.',
    types: ['azure-native:frontdoor:Policy'],
    breaks: (policy) => {
      if (textAt(policy, 'policySettings', 'mode') !== 'Prevention') return 'it only looks on';
      const rules = JSON.stringify(at(policy, 'customRules') ?? {});
      if (!rules.includes('RateLimitRule')) return 'one address may send any number of requests';
      return rules.includes('(admin|runtime)') ? undefined : 'whoever has an app’s own key may rule its host';
    },
  },
]);

/** Counts and lengths that Azure has room for. */
const most = { appName: 32, roleAssignments: 4000, sqlRoleDefinitions: 100, subscriptions: 500 } as const;

const counted = (resources: Parameters<GraphRule['breaks']>[0], type: string, limit: number, what: string): readonly Violation[] => {
  const found = ofType(resources, type);
  const [last] = found.slice(limit);
  return last === undefined ? [] : [{ resource: last, says: `there are ${found.length} ${what}, and Azure has room for ${limit}` }];
};

export const ofAzureQuotas: readonly GraphRule[] = [
  {
    name: 'azure-counts-stay-within-quotas',
    describes: 'As many assignments, definitions and subscriptions as Azure has room for, and names of apps that stay apart.',
    breaks: (resources) => [
      ...counted(resources, 'azure-native:authorization:RoleAssignment', most.roleAssignments, 'assignments of roles'),
      ...counted(resources, 'azure-native:cosmosdb:SqlResourceSqlRoleDefinition', most.sqlRoleDefinitions, 'definitions of roles'),
      ...counted(resources, 'azure-native:eventgrid:TopicEventSubscription', most.subscriptions, 'subscriptions'),
      ...ofType(resources, 'azure-native:web:WebApp').flatMap((app) =>
        textAt(app, 'name').length > most.appName
          ? [{ resource: app, says: `of its name only ${most.appName} characters tell it from another` }]
          : [],
      ),
    ],
  },
  {
    name: 'azure-edge-is-guarded',
    describes: 'Where there is a Front Door, a firewall stands before all of its domains.',
    breaks: (resources) =>
      ofType(resources, 'azure-native:cdn:Profile').flatMap((profile) =>
        ofType(resources, 'azure-native:cdn:SecurityPolicy').some((policy) => textAt(policy, 'profileName') === textAt(profile, 'name'))
          ? []
          : [{ resource: profile, says: 'no firewall stands before it' }],
      ),
  },
];
