import { at, type GraphRule, ofType, type Resource, textAt } from '../../rule.ts';
import { roleIn } from './roles.ts';

const description = 'Microsoft.DocumentDB/databaseAccounts/readMetadata';

const oneContainer = /\/dbs\/[^/]+\/colls\/[^/]+$/;

/** What a role at Cosmos DB allows, each action by its name. */
export const actionsIn = (role: Resource): readonly string[] =>
  ((at(role, 'permissions') ?? []) as readonly { readonly dataActions?: readonly string[] }[]).flatMap(
    ({ dataActions = [] }) => dataActions,
  );

const onlyDescribes = (role: Resource): boolean => {
  const actions = actionsIn(role);
  return actions.length > 0 && actions.every((action) => action === description);
};

/** What roles at Cosmos DB are assigned on; what a role allows, its definition says and not the name of the assignment. */
export const ofAzureTables: readonly GraphRule[] = [
  {
    name: 'azure-table-role-is-on-one-table',
    describes: 'A role at Cosmos DB is assigned on one container; on the account only one that reads its description and nothing else.',
    breaks: (resources) => {
      const narrow = ofType(resources, 'azure-native:cosmosdb:SqlResourceSqlRoleDefinition')
        .filter(onlyDescribes)
        .map((role) => textAt(role, 'roleDefinitionId').toLowerCase());
      return ofType(resources, 'azure-native:cosmosdb:SqlResourceSqlRoleAssignment').flatMap((resource) => {
        const [scope, role] = [textAt(resource, 'scope'), roleIn(textAt(resource, 'roleDefinitionId'))];
        // In a preview neither may be known yet.
        if (scope === '' || role === '' || oneContainer.test(scope) || narrow.includes(role)) return [];
        return [{ resource, says: `it reaches all of ${scope}` }];
      });
    },
  },
];
