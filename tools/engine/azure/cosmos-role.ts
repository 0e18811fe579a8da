import * as z from 'zod';
import { InAccount } from './blob-container.ts';
import { isThere, named, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

const Definition = InAccount.extend({ roleName: z.string(), permissions: z.array(z.object({ dataActions: z.array(z.string()) })) });
type Definition = z.output<typeof Definition>;

const actionsOf = ({ permissions }: Definition): readonly string[] => permissions.flatMap(({ dataActions }) => dataActions);

export const cosmosRoleDefinition = ({ access }: Subscription) =>
  resource({
    type: 'cosmosdb:SqlResourceSqlRoleDefinition',
    inputs: Definition,
    naming: named('roleDefinitionId', 36),
    create: async (inputs, { id }) => {
      access.define(id, inputs.roleName, actionsOf(inputs));
      return undefined;
    },
    update: async (inputs, { id }) => access.define(id, inputs.roleName, actionsOf(inputs)),
    find: async ({ id }) => isThere(access.isDefined(id)),
    remove: async ({ id }) => access.undefine(id),
  });

const Assignment = InAccount.extend({ principalId: z.string(), scope: z.string(), roleDefinitionId: z.string() });
type Assignment = z.output<typeof Assignment>;

const assignedBy = ({ principalId, scope, roleDefinitionId }: Assignment) => ({ principalId, scope, role: roleDefinitionId });

export const cosmosRoleAssignment = ({ access }: Subscription) =>
  resource({
    type: 'cosmosdb:SqlResourceSqlRoleAssignment',
    inputs: Assignment,
    naming: named('roleAssignmentId', 36),
    create: async (inputs, { id }) => {
      if (!access.isDefined(inputs.roleDefinitionId)) throw new Error(`There is no role ${inputs.roleDefinitionId}`);
      access.assign(id, assignedBy(inputs));
      return undefined;
    },
    update: async (inputs, { id }) => access.assign(id, assignedBy(inputs)),
    find: async ({ id }) => isThere(access.isAssigned(id)),
    remove: async ({ id }) => access.unassign(id),
  });
