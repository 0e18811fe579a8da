import type { Tenant } from '../../domain/identity/tenant.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { handler, ok } from '../kernel/handler.ts';
import { list, pageOf } from '../kernel/lists.ts';
import type { identity } from './context.ts';
import { tenantView } from './tenant-view.ts';

export const listTenants = handler<typeof identity, 'GET /v1/tenants'>(async ({ query }, { directory }) => {
  const { states, next } = await directory.events.statesByIndex<Tenant>('list', `${platformTenant}#tenants`, pageOf(query));
  return ok(
    list(
      states.map(({ state }) => tenantView(state)),
      next,
    ),
  );
});
