import { planAggregate, planStream } from '../../domain/billing/plan.ts';
import { handler, ok } from '../kernel/handler.ts';
import type { billing } from './context.ts';
import { planNotFound } from './plan-not-found.ts';

export const getPlan = handler<typeof billing, 'GET /v1/billing/plans/{id}'>(async ({ params }, { accounts }) => {
  const { state } = await accounts.events.read(planAggregate, planStream(params.id));
  return state.plan === null ? planNotFound(params.id) : ok(state.plan);
});
