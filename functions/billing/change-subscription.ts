import { accountAggregate, accountStream } from '../../domain/billing/account.ts';
import { planAggregate, planStream } from '../../domain/billing/plan.ts';
import { failed, isFailure } from '../../domain/kernel/failure.ts';
import { change, handler, ok } from '../kernel/handler.ts';
import { accountSoon } from './account-of.ts';
import type { billing } from './context.ts';

export const changeSubscription = handler<typeof billing, 'PUT /v1/billing/accounts/{tenantId}/subscription'>(
  async (request, { accounts }) => {
    const { plan } = request.body;
    const found = await accountSoon(accounts, request.params.tenantId);
    if (isFailure(found)) return found;
    const { state } = await accounts.events.read(planAggregate, planStream(plan));
    if (state.plan === null)
      return failed('invalid', 'unknown-plan', `There is no plan "${plan}"; PUT /v1/billing/plans/${plan} defines it.`);
    const command = { type: 'subscribe', tenantId: found.tenant, plan } as const;
    return change(request, accounts, [accountAggregate, accountStream(found.tenant), command], () => ok({ plan }));
  },
);
