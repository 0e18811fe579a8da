import { type Access, type Binding, type Decision, permissionsOf } from '../../tools/engine/gcp/host/access.ts';
import { idOfBinding } from '../../tools/engine/gcp/iam.ts';

/** `serviceAccount:hybrid-staging-edge@project…` as `hybrid-staging-edge`. */
const shortMember = (member: string): string => member.replace(/^serviceAccount:/, '').replace(/@.*$/, '');
/** Without the project, and without the random end that a name has. */
const short = (resource: string): string =>
  resource
    .replace(/:projects\/[^/]+\/(topics|secrets|subscriptions)\//, ':')
    .replace(/-[0-9a-f]{7}$/, '')
    .replace(/@.*$/, '');
/** `projects/<project>/roles/hybrid_staging_table_read` as `table-read`. */
const shortRole = (role: string): string => role.replace(/^projects\/[^/]+\/roles\/[a-z]+_[a-z]+_/, '').replaceAll('_', '-');

const nameOf = ({ member, role, resource }: Binding): string => `${shortMember(member)} ${shortRole(role)} on ${short(resource)}`;

const allows = (access: Access, { member, role, resource }: Binding, decision: Decision): boolean =>
  member === `serviceAccount:${decision.account}` &&
  (resource === decision.resource || resource === 'project') &&
  permissionsOf(access, role).includes(decision.permission);

/** What accounts of the project itself are bound to; Google's own services are not emulated. */
const ownIn = (access: Access, projectId: string): readonly Binding[] =>
  access.bindings().filter(({ member }) => member.endsWith(`@${projectId}.iam.gserviceaccount.com`));

/** The bindings without which nothing would have been refused: nobody asked for what they allow, or another one allows it too. */
export const unneeded = (access: Access, projectId: string): readonly string[] => {
  const own = ownIn(access, projectId);
  const needed = new Set(
    access.decisions().flatMap((decision) => {
      const allowing = own.filter((binding) => allows(access, binding, decision));
      return allowing.length === 1 ? allowing : [];
    }),
  );
  return own
    .filter((binding) => !needed.has(binding))
    .map(nameOf)
    .toSorted();
};

/** What roles of the stack's own allow and none of their holders ever asked for, as `<role> <permission>`. */
export const unusedPermissions = (access: Access, projectId: string): readonly string[] => {
  const own = ownIn(access, projectId).filter(({ role }) => role.startsWith('projects/'));
  return [...new Set(own.map(({ role }) => role))]
    .flatMap((role) => {
      const holders = own.filter((binding) => binding.role === role);
      const isUsed = (permission: string): boolean =>
        access.decisions().some((one) => one.permission === permission && holders.some((holder) => allows(access, holder, one)));
      return permissionsOf(access, role)
        .filter((permission) => !isUsed(permission))
        .map((permission) => `${shortRole(role)} ${permission}`);
    })
    .toSorted();
};

/** What was asked for and not granted, as `<account> <permission> <resource>`. */
export const refused = (access: Access): readonly string[] =>
  access
    .decisions()
    .filter(({ isAllowed }) => !isAllowed)
    .map(({ account, permission, resource }) => `${shortMember(account)} ${permission} ${short(resource)}`)
    .toSorted();

/** Takes away a binding, behind the back of the stack; named as `unneeded` does. */
export const takeAway = (access: Access, wanted: string): void => {
  for (const binding of access.bindings()) if (nameOf(binding) === wanted) access.unbind(idOfBinding(binding));
};
