import { randomBytes } from 'node:crypto';
import { apiKeyStream, apiKeys, formatApiKey } from '../../domain/identity/api-key.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { sha256 } from '../kernel/authentication.ts';
import { change, created, handler } from '../kernel/handler.ts';
import { apiKeyView, keyOwner } from './api-key-view.ts';
import type { identity } from './context.ts';

export const createApiKey = handler<typeof identity, 'POST /v1/api-keys'>(async (request, { directory, clock }) => {
  const { name, roles, tenantId, expiresAt } = request.body;
  const tenant = await keyOwner(directory, request.principal, tenantId);
  if (isFailure(tenant)) return tenant;
  const id = request.newId();
  const secret = randomBytes(32).toString('hex');
  const key = {
    id,
    name,
    prefix: `hyb_${tenant}_${id}`,
    roles: [...new Set(roles)],
    secretHash: sha256(secret),
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    createdAt: clock.now().toISOString(),
  };
  return change(request, directory, [apiKeys, apiKeyStream(tenant, id), { type: 'create', tenant, key }], ({ state }) =>
    created(apiKeyView(state, tenant, null), { onlyOnce: { key: formatApiKey({ tenant, id, secret }) } }),
  );
});
