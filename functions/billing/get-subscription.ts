import { accountNotFound } from '../../domain/billing/account.ts';
import { failed, isFailure } from '../../domain/kernel/failure.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { handler, ok } from '../kernel/handler.ts';
import { accountOf } from './account-of.ts';
import type { billing } from './context.ts';

export const getSubscription = handler<typeof billing, 'GET /v1/billing/accounts/{tenantId}/subscription'>(
  async ({ params, principal }, { accounts }) => {
    if (principal.tenant !== platformTenant && principal.tenant !== params.tenantId) return accountNotFound(params.tenantId);
    const found = await accountOf(accounts, params.tenantId);
    if (isFailure(found)) return found;
    if (found.account.plan === null) return failed('not-found', 'subscription-not-found', `The account "${params.tenantId}" has no plan.`);
    return ok({ plan: found.account.plan });
  },
);
