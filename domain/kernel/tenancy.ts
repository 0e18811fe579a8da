import { type Failure, failed } from './failure.ts';

/** A tenant's id: 1–40 characters of a–z, 0–9 and `-`, beginning and ending with a letter or digit; never an underscore (keys use it). */
export type TenantId = string & { readonly __brand: 'TenantId' };

/** The reserved tenant that owns what belongs to no tenant: plans, periods, the tenants themselves. */
export const platformTenant = 'platform' as TenantId;

export const tenantIdPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export const parseTenantId = (text: string): TenantId | Failure<'invalid-tenant-id'> =>
  tenantIdPattern.test(text)
    ? (text as TenantId)
    : failed(
        'invalid',
        'invalid-tenant-id',
        'A tenant id is 1 to 40 characters of a-z, 0-9 and "-", and begins and ends with a letter or digit.',
      );

export type Role = 'invoker' | 'viewer' | 'editor' | 'admin';

/** Who acts: `id` is what history and audit show, for example `key:01J…`, `bootstrap` or `system:inference`. */
export type Principal = { readonly tenant: TenantId; readonly id: string; readonly roles: readonly Role[] };
