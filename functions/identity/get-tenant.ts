import { isFailure } from '../../domain/kernel/failure.ts';
import { handler, ok } from '../kernel/handler.ts';
import type { identity } from './context.ts';
import { findTenant, tenantView } from './tenant-view.ts';

export const getTenant = handler<typeof identity, 'GET /v1/tenants/{id}'>(async ({ params }, { directory }) => {
  const found = await findTenant(directory, params.id);
  return isFailure(found) ? found : ok(tenantView(found.tenant));
});
