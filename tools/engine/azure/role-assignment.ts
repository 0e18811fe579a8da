import * as z from 'zod';
import { builtInRoles } from './built-in-roles.ts';
import { isThere, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

const Inputs = z.looseObject({ principalId: z.string(), scope: z.string(), roleDefinitionId: z.string() });

/** Of one of Azure's own roles. */
export const roleAssignment = ({ access }: Subscription) =>
  resource({
    type: 'authorization:RoleAssignment',
    inputs: Inputs,
    replacedBy: ['principalId', 'scope', 'roleDefinitionId', 'principalType'],
    create: async ({ principalId, scope, roleDefinitionId: role }, { id }) => {
      if (builtInRoles[role.split('/').at(-1) ?? ''] === undefined) throw new Error(`There is no role ${role}`);
      access.assign(id, { principalId, scope, role });
      return undefined;
    },
    find: async ({ id }) => isThere(access.isAssigned(id)),
    remove: async ({ id }) => access.unassign(id),
  });
