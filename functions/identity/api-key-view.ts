import type { ApiKey } from '../../domain/identity/api-key.ts';
import { tenantNotFound } from '../../domain/identity/tenant.ts';
import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import { type Principal, platformTenant, type TenantId } from '../../domain/kernel/tenancy.ts';
import type { Records } from '../kernel/handler.ts';
import { findTenant } from './tenant-view.ts';

export const apiKeyView = (key: ApiKey, tenantId: string, lastUsedAt: string | null) => ({
  id: key.id,
  name: key.name,
  prefix: key.prefix,
  roles: key.roles,
  tenantId,
  createdAt: key.createdAt,
  expiresAt: key.expiresAt,
  lastUsedAt,
});

/** Whose keys are meant: the platform may name a tenant that exists; to everyone else another tenant's are not there. */
export const keyOwner = async (
  directory: Records,
  principal: Principal,
  named: string | undefined,
): Promise<TenantId | Failure<'tenant-not-found'>> => {
  if (named === undefined || named === principal.tenant) return principal.tenant;
  if (principal.tenant !== platformTenant) return tenantNotFound(named);
  const found = await findTenant(directory, named);
  return isFailure(found) ? found : found.id;
};
