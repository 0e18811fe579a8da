import { IAMCustomRole } from '@pulumi/gcp/projects/iamcustomRole.js';
import type { Input, Resource as PulumiResource } from '@pulumi/pulumi';
import { type CustomRole, customRoles, type RoleName } from './grant-roles.ts';
import type { Site } from './site.ts';

/** What a role is granted by; one of the stack's own is made when it is first asked for. */
export type Roles = { readonly named: (role: RoleName) => Input<string> };

export const rolesOf = ({ prefix }: Site, parent: PulumiResource): Roles => {
  const made = new Map<CustomRole, IAMCustomRole>();
  const own = (role: CustomRole): IAMCustomRole => {
    const known = made.get(role);
    if (known !== undefined) return known;
    const custom = new IAMCustomRole(
      `${role}-role`,
      { roleId: `${prefix}_${role}`.replaceAll('-', '_'), title: `${prefix} ${role}`, permissions: [...customRoles[role]] },
      { parent },
    );
    made.set(role, custom);
    return custom;
  };
  return { named: (role) => (isPredefined(role) ? role : own(role).name) };
};

const isPredefined = (role: RoleName): role is `roles/${string}` => role.startsWith('roles/');
