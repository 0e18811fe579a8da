import { tenantStream, tenants } from '../../domain/identity/tenant.ts';
import { stateItem } from '../../domain/kernel/event-store.ts';
import { failed, isFailure } from '../../domain/kernel/failure.ts';
import { parseTenantId, type TenantId } from '../../domain/kernel/tenancy.ts';
import { change, created, handler, type Records } from '../kernel/handler.ts';
import type { identity } from './context.ts';
import { tenantView } from './tenant-view.ts';

export const createTenant = handler<typeof identity, 'POST /v1/tenants'>(async (request, { directory, clock }) => {
  const { body } = request;
  const id = parseTenantId(body.id ?? slug(body.name ?? ''));
  if (isFailure(id)) return id;
  if (await hasKeysOnly(directory, id))
    return failed(
      'conflict',
      'tenant-has-keys',
      `Keys of a tenant "${id}" came from elsewhere: bring the tenant too, or revoke them first.`,
    );
  const command = { type: 'create', tenant: id, name: body.name ?? id, at: clock.now().toISOString() } as const;
  return change(request, directory, [tenants, tenantStream(id), command], ({ state }) =>
    created(tenantView(state), { headers: { location: `/v1/tenants/${id}` } }),
  );
});

/** An import that broke off may have brought keys and not yet their tenant: they are not to let anybody in to one that is created here. */
const hasKeysOnly = async (directory: Records, id: TenantId): Promise<boolean> => {
  if ((await directory.get(stateItem(tenantStream(id)))) !== undefined) return false;
  return (await directory.queryIndex('list', `${id}#api-keys`, {}, { limit: 1 })).items.length > 0;
};

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
    .replace(/-$/, '');
