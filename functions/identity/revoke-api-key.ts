import { apiKeyStream, apiKeys } from '../../domain/identity/api-key.ts';
import { platformTenant, type TenantId } from '../../domain/kernel/tenancy.ts';
import { change, handler, noContent, type Records } from '../kernel/handler.ts';
import type { identity } from './context.ts';

export const revokeApiKey = handler<typeof identity, 'DELETE /v1/api-keys/{id}'>(async (request, { directory }) => {
  const { principal, params } = request;
  const tenant = principal.tenant === platformTenant ? await ownerOf(directory, params.id) : principal.tenant;
  return change(request, directory, [apiKeys, apiKeyStream(tenant, params.id), { type: 'revoke', tenant }], noContent);
});

// The platform revokes any tenant's key by its id alone.
const ownerOf = async (directory: Records, id: string): Promise<TenantId> => {
  const { items } = await directory.queryIndex('keys', id, {}, { limit: 1 });
  return (items[0]?.key_tenant as TenantId | undefined) ?? platformTenant;
};
