import { tenantStream, tenants } from '../../domain/identity/tenant.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { parseTenantId } from '../../domain/kernel/tenancy.ts';
import { change, created, handler } from '../kernel/handler.ts';
import type { identity } from './context.ts';
import { tenantView } from './tenant-view.ts';

export const createTenant = handler<typeof identity, 'POST /v1/tenants'>(async (request, { directory, clock }) => {
  const { body } = request;
  const id = parseTenantId(body.id ?? slug(body.name ?? ''));
  if (isFailure(id)) return id;
  const command = { type: 'create', tenant: id, name: body.name ?? id, at: clock.now().toISOString() } as const;
  return change(request, directory, [tenants, tenantStream(id), command], ({ state }) =>
    created(tenantView(state), { headers: { location: `/v1/tenants/${id}` } }),
  );
});

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
    .replace(/-$/, '');
