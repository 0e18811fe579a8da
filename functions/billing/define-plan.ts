import { planAggregate, planStream } from '../../domain/billing/plan.ts';
import { change, handler, ok } from '../kernel/handler.ts';
import type { billing } from './context.ts';

export const definePlan = handler<typeof billing, 'PUT /v1/billing/plans/{id}'>(async (request, { accounts }) => {
  const { id } = request.params;
  const command = { type: 'define', id, terms: request.body } as const;
  return change(request, accounts, [planAggregate, planStream(id), command], ({ state }) => ok(state.plan));
});
