import { type Access, type Binding, type Decision, permissionsOf } from '../../tools/engine/gcp/host/access.ts';

const allows = (access: Access, { member, role, resource }: Binding, made: Decision): boolean =>
  member === `serviceAccount:${made.account}` &&
  (resource === made.resource || resource === 'project') &&
  permissionsOf(access, role).includes(made.permission);

const shortMember = (member: string): string => member.replace(/^serviceAccount:([^@]+)@.*$/, '$1');
/** Without the project, and without the random end that a name has. */
const short = (name: string): string => name.replace(/projects\/[^/]+\/(roles|topics|secrets)\//, '').replace(/-[0-9a-f]{7}$/, '');

const isOfFunctions = ({ member }: Binding): boolean => member.endsWith('@hybrid-test.iam.gserviceaccount.com');

/**
 * The grants without which nothing would have been refused: nobody asked for what they allow, or another grant of the account allows it too. As
 * `<account> <role> <resource>`.
 */
export const unneeded = (access: Access): readonly string[] => {
  const bindings = access.bindings().filter(isOfFunctions);
  const needed = new Set(
    access.decisions().flatMap((made) => {
      const allowing = bindings.filter((binding) => allows(access, binding, made));
      return allowing.length === 1 ? allowing : [];
    }),
  );
  return bindings
    .filter((binding) => !needed.has(binding))
    .map(({ member, role, resource }) => `${shortMember(member)} ${short(role)} ${short(resource)}`)
    .toSorted();
};

/** What roles of the stack's own allow and none of their holders ever asked for, as `<role> <permission>`. */
export const unusedPermissions = (access: Access): readonly string[] => {
  const held = access.bindings().filter(({ role }) => access.defined(role) !== undefined);
  const roles = [...new Set(held.map(({ role }) => role))];
  return roles
    .flatMap((role) => {
      const holders = held.filter((binding) => binding.role === role);
      const used = access.decisions().filter((made) => holders.some((binding) => allows(access, binding, made)));
      const permissions = new Set(used.map(({ permission }) => permission));
      return permissionsOf(access, role)
        .filter((permission) => !permissions.has(permission))
        .map((permission) => `${short(role)} ${permission}`);
    })
    .toSorted();
};
