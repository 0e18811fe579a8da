import type { HandlersOf } from '../kernel/handler.ts';
import { tableTransferRefusing } from '../kernel/transfer/handlers.ts';
import type { identity } from './context.ts';
import { createApiKey } from './create-api-key.ts';
import { createTenant } from './create-tenant.ts';
import { getMe } from './get-me.ts';
import { getTenant } from './get-tenant.ts';
import { listApiKeys } from './list-api-keys.ts';
import { listTenants } from './list-tenants.ts';
import { refusesItem } from './refused-items.ts';
import { resumeTenant } from './resume-tenant.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { suspendTenant } from './suspend-tenant.ts';

export const handlers: HandlersOf<typeof identity> = {
  'create-tenant': createTenant,
  'list-tenants': listTenants,
  'get-tenant': getTenant,
  'suspend-tenant': suspendTenant,
  'resume-tenant': resumeTenant,
  'get-me': getMe,
  'create-api-key': createApiKey,
  'list-api-keys': listApiKeys,
  'revoke-api-key': revokeApiKey,
  ...tableTransferRefusing(refusesItem),
};
