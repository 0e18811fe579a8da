import type { Role } from '../kernel/tenancy.ts';

/** What a route may ask for. `models:read` also covers endpoints' metadata under `/v2`. */
export const permissions = [
  'inference:invoke',
  'inference:read',
  'models:read',
  'models:write',
  'endpoints:read',
  'endpoints:write',
  'tenants:read',
  'tenants:write',
  'api-keys:read',
  'api-keys:write',
  'usage:read',
  'plans:read',
  'plans:write',
  'subscriptions:read',
  'subscriptions:write',
  'periods:write',
  'periods:read',
  'invoices:read',
  'exports:read',
  'dead-letters:read',
  'dead-letters:write',
  'audit:read',
  'transfers:read',
  'transfers:write',
] as const;
export type Permission = (typeof permissions)[number];

export const isPermission = (text: string): text is Permission => (permissions as readonly string[]).includes(text);

const viewer: readonly Permission[] = ['models:read', 'endpoints:read', 'inference:read'];
const invoker: readonly Permission[] = ['inference:invoke', 'inference:read'];

const granted: Record<Role, ReadonlySet<Permission>> = {
  invoker: new Set(invoker),
  viewer: new Set(viewer),
  editor: new Set([...invoker, ...viewer, 'models:write', 'endpoints:write']),
  admin: new Set(permissions),
};

/** Default deny: only what one of the roles grants. Which tenant it holds for is the route's scope. */
export const allows = (roles: readonly Role[], permission: Permission): boolean => roles.some((role) => granted[role].has(permission));
