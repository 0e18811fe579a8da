import { directoryIndex, type PlanState, planDirectory } from '../../domain/billing/plan.ts';
import { handler, ok } from '../kernel/handler.ts';
import { list, pageOf } from '../kernel/lists.ts';
import type { billing } from './context.ts';

export const listPlans = handler<typeof billing, 'GET /v1/billing/plans'>(async ({ query }, { accounts }) => {
  const { states, next } = await accounts.events.statesByIndex<PlanState>(directoryIndex, planDirectory, pageOf(query));
  const plans = states.map(({ state }) => state.plan);
  return ok(list(plans, next));
});
