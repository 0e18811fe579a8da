import { defaultRange, queryUsage } from '../../domain/billing/usage.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { handler, ok } from '../kernel/handler.ts';
import { list, pageOf } from '../kernel/lists.ts';
import type { billing } from './context.ts';

export const getUsage = handler<typeof billing, 'GET /v1/usage'>(async ({ query, principal }, { rollups, clock }) => {
  const usual = defaultRange(clock.now());
  const from = query.from === undefined ? usual.from : new Date(query.from);
  const to = query.to === undefined ? usual.to : new Date(query.to);
  const { cursor } = pageOf(query);
  const page = await queryUsage(rollups, {
    tenant: principal.tenant,
    from,
    to,
    granularity: query.granularity,
    limit: query.limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  return isFailure(page) ? page : ok(list(page.data, page.next));
});
