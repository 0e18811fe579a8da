import { allows, isPermission } from '../domain/identity/permission.ts';
import type { Role } from '../domain/kernel/tenancy.ts';
import type { ContextDeclaration, RouteDeclaration, Uses } from '../functions/kernel/context.ts';
import { scopeOf } from '../functions/kernel/openapi-operation.ts';
import { type Operation, operationsOf } from '../functions/kernel/operations.ts';

const roles: readonly Role[] = ['invoker', 'viewer', 'editor', 'admin'];

const heading = [
  '# Permissions',
  '',
  'Made from the declarations of the contexts by `npm run docs`. A route does what its permission allows, for the principals in its scope: `tenant`',
  "a tenant's keys, `platform` the platform's, `either` both, each for what is its own. `uses` is all that its function may touch.",
  '',
  '| Route | Permission | Scope | Roles | Body | Time | Uses |',
  '|---|---|---|---|---|---|---|',
];

/** Who may do what, and what that may touch, as a table in Markdown. */
export const permissionTable = (contexts: readonly ContextDeclaration[]): string =>
  `${[...heading, ...operationsOf(contexts).map(row)].join('\n')}\n`;

const row = ({ method, path, route }: Operation): string => {
  const { permission, limit } = route;
  const cells = [
    `\`${method} ${path}\``,
    `\`${permission}\``,
    scopeOf(route) ?? '–',
    rolesOf(route),
    limit.body,
    limit.time,
    usesText(route.uses),
  ];
  return `| ${cells.join(' | ')} |`;
};

const rolesOf = ({ permission }: RouteDeclaration): string => {
  if (permission === 'public') return 'everybody';
  if (permission === 'signed') return 'whoever holds the URL';
  if (!isPermission(permission)) return 'every valid key';
  return roles.filter((role) => allows([role], permission)).join(', ');
};

const usesText = (uses: Uses): string =>
  Object.entries(uses)
    .map(([resource, verbs]) => `${resource}: ${verbs.join(', ')}`)
    .join('; ') || '–';
