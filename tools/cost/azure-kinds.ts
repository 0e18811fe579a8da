/** Kinds of Azure that the price list knows. */
export const azureTypes = {
  app: 'azure-native:web:WebApp',
  subscription: 'azure-native:eventgrid:TopicEventSubscription',
  key: 'azure-native:keyvault:Key',
  metricAlarm: 'azure-native:monitor:MetricAlert',
  logAlarm: 'azure-native:monitor:ScheduledQueryRule',
  gateway: 'azure-native:apimanagement:ApiManagementService',
  profile: 'azure-native:cdn:Profile',
  queue: 'azure-native:storage:Queue',
  container: 'azure-native:cosmosdb:SqlResourceSqlContainer',
  tableRole: 'azure-native:cosmosdb:SqlResourceSqlRoleAssignment',
} as const;

/** Kinds that cost nothing by being there: permissions, wiring, and what is paid by use elsewhere in the list. */
export const azureFree: readonly RegExp[] = [
  /^azure-native:(authorization|managedidentity|resources|consumption|dns|storage):/,
  /^azure-native:apimanagement:(Api|ApiOperation|ApiPolicy|NamedValue)$/,
  /^azure-native:cosmosdb:(DatabaseAccount|SqlResourceSqlDatabase|SqlResourceSqlContainer|SqlResourceSqlRoleDefinition)$/,
  /^azure-native:eventgrid:Topic$/,
  /^azure-native:keyvault:(Vault|Secret)$/,
  /^azure-native:web:(AppServicePlan|WebAppFtpAllowed|WebAppScmAllowed)$/,
  /^azure-native:(applicationinsights|operationalinsights):/,
  /^azure-native:monitor:ActionGroup$/,
  // In the base fee of a profile of Premium.
  /^azure-native:(cdn:(AFDCustomDomain|AFDEndpoint|AFDOrigin|AFDOriginGroup|Route|Rule|RuleSet|SecurityPolicy)|frontdoor:Policy)$/,
];
