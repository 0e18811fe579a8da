import { type Access, permissionsOf } from '../../tools/engine/gcp/host/access.ts';

/** `serviceAccount:hybrid-staging-edge@project…` as `hybrid-staging-edge`. */
const shortMember = (member: string): string => member.replace(/^serviceAccount:/, '').replace(/@.*$/, '');
/** Without the project, and without the random end that a name has. */
const short = (resource: string): string =>
  resource
    .replace(/:projects\/[^/]+\/(topics|secrets|subscriptions)\//, ':')
    .replace(/-[0-9a-f]{7}$/, '')
    .replace(/@.*$/, '');

/** What accounts of a project were granted and never asked for, as `<account> <permission> <resource>`. */
export const unused = (access: Access, projectId: string): readonly string[] => {
  const own = access.bindings().filter(({ member }) => member.endsWith(`@${projectId}.iam.gserviceaccount.com`));
  const used = new Set(
    access.decisions().map(({ account, permission, resource }) => `${shortMember(account)} ${permission} ${short(resource)}`),
  );
  const granted = own.flatMap(({ member, role, resource }) => {
    const permissions = permissionsOf(access, role);
    // Of a role that is not known here, the role.
    return (permissions.length > 0 ? permissions : [role]).map((permission) => `${shortMember(member)} ${permission} ${short(resource)}`);
  });
  return [...new Set(granted)].filter((one) => !used.has(one)).toSorted();
};

/** What was asked for and not granted, in the same words. */
export const refused = (access: Access): readonly string[] =>
  access
    .decisions()
    .filter(({ isAllowed }) => !isAllowed)
    .map(({ account, permission, resource }) => `${shortMember(account)} ${permission} ${short(resource)}`)
    .toSorted();
