import { tenantNotFound, tenantStream, tenants } from '../../domain/identity/tenant.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { parseTenantId } from '../../domain/kernel/tenancy.ts';
import { change, handler, ok } from '../kernel/handler.ts';
import type { identity } from './context.ts';
import { tenantView } from './tenant-view.ts';

export const suspendTenant = handler<typeof identity, 'POST /v1/tenants/{id}/suspend'>(async (request, { directory }) => {
  const tenant = parseTenantId(request.params.id);
  if (isFailure(tenant)) return tenantNotFound(request.params.id);
  return change(request, directory, [tenants, tenantStream(tenant), { type: 'suspend', tenant }], ({ state }) => ok(tenantView(state)));
});
