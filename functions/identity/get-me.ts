import { handler, ok } from '../kernel/handler.ts';
import type { identity } from './context.ts';

export const getMe = handler<typeof identity, 'GET /v1/me'>(async ({ principal }) =>
  ok({ tenantId: principal.tenant, principal: principal.id, roles: principal.roles }),
);
