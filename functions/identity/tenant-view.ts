import { type Tenant, tenantNotFound, tenantStream, tenants } from '../../domain/identity/tenant.ts';
import type { Failure } from '../../domain/kernel/failure.ts';
import { parseTenantId, type TenantId } from '../../domain/kernel/tenancy.ts';
import type { Records } from '../kernel/handler.ts';

export const tenantView = ({ id, name, status, createdAt }: Tenant) => ({ id, name, status, createdAt });

/** A tenant that exists, by the id in a path. */
export const findTenant = async (
  directory: Records,
  text: string,
): Promise<{ readonly id: TenantId; readonly tenant: Tenant } | Failure<'tenant-not-found'>> => {
  const id = parseTenantId(text);
  if (typeof id !== 'string') return tenantNotFound(text);
  const { state } = await directory.events.read(tenants, tenantStream(id));
  return state.status === 'unknown' ? tenantNotFound(text) : { id, tenant: state };
};
