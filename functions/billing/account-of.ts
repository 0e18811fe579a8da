import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, accountAggregate, accountNotFound, accountStream } from '../../domain/billing/account.ts';
import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import { parseTenantId, type TenantId } from '../../domain/kernel/tenancy.ts';
import type { Records } from '../kernel/handler.ts';

export type KnownAccount = { readonly tenant: TenantId; readonly account: Account };
type NotFound = Failure<'account-not-found'>;

/** A tenant's billing account, by the id in a path. */
export const accountOf = async (accounts: Records, text: string): Promise<KnownAccount | NotFound> => {
  const tenant = parseTenantId(text);
  if (isFailure(tenant)) return accountNotFound(text);
  const { state } = await accounts.events.read(accountAggregate, accountStream(tenant));
  return state.openedAt === null ? accountNotFound(text) : { tenant, account: state };
};

const patience = { tries: 40, millis: 25 } as const;

/**
 * An account that may be about to be: a tenant is acknowledged before the event that opens its account has arrived, and whoever created it
 * subscribes it next. Waits for a second at the most.
 */
export const accountSoon = async (accounts: Records, text: string): Promise<KnownAccount | NotFound> => {
  if (isFailure(parseTenantId(text))) return accountNotFound(text);
  let found = await accountOf(accounts, text);
  for (let tries = 0; isFailure(found) && tries < patience.tries; tries++) {
    await sleep(patience.millis);
    found = await accountOf(accounts, text);
  }
  return found;
};
