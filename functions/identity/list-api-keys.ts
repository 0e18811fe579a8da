import type { ApiKey } from '../../domain/identity/api-key.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { lastUseKey } from '../kernel/authentication.ts';
import { handler, ok } from '../kernel/handler.ts';
import { list, pageOf } from '../kernel/lists.ts';
import { apiKeyView, keyOwner } from './api-key-view.ts';
import type { identity } from './context.ts';

export const listApiKeys = handler<typeof identity, 'GET /v1/api-keys'>(async ({ query, principal }, { directory, lastUses }) => {
  const tenant = await keyOwner(directory, principal, query.tenantId);
  if (isFailure(tenant)) return tenant;
  const { states, next } = await directory.events.statesByIndex<ApiKey>('list', `${tenant}#api-keys`, pageOf(query));
  const keys = await Promise.all(
    states.map(async ({ state }) => {
      const lastUse = await lastUses.get(lastUseKey({ tenant, id: `key:${state.id}`, roles: [] }));
      return apiKeyView(state, tenant, (lastUse?.at as string | undefined) ?? null);
    }),
  );
  return ok(list(keys, next));
});
