import type { DeadLetter } from '../../domain/kernel/queue.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { handler, ok } from '../kernel/handler.ts';
import { list } from '../kernel/lists.ts';
import type { observability } from './context.ts';

const view = ({ tenant, ...letter }: DeadLetter) => ({ ...letter, tenantId: tenant });

export const listDeadLetters = handler<typeof observability, 'GET /v1/dead-letters'>(async ({ query, principal }, { deadLetters }) => {
  const { items, next } = await deadLetters.list({
    limit: query.limit,
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    ...(principal.tenant === platformTenant ? {} : { tenant: principal.tenant }),
  });
  return ok(list(items.map(view), next));
});
