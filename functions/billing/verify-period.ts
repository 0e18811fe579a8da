import { setImmediate } from 'node:timers/promises';
import { eachAccount } from '../../domain/billing/closing.ts';
import { type Period, parsePeriod, periodEnd } from '../../domain/billing/period.ts';
import { unfoldedPartitions } from '../../domain/billing/unfolded.ts';
import { type TenantVerification, verifyAccount } from '../../domain/billing/verification.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { handler, ok, type PortsOf } from '../kernel/handler.ts';
import { booksOf } from './books.ts';
import type { billing } from './context.ts';
import { oneAtATime } from './one-at-a-time.ts';

export const verifyPeriod = handler<typeof billing, 'GET /v1/billing/periods/{period}/verification'>(
  async ({ params, principal }, ports) => {
    const period = parsePeriod(params.period);
    if (isFailure(period)) return period;
    const tenants = await oneAtATime(principal.tenant, 'verification', ports, () => verified(period, ports));
    if (isFailure(tenants)) return tenants;
    const facts = tenants.reduce((total, tenant) => total + tenant.facts, 0);
    return ok({ period, agrees: tenants.every(({ agrees }) => agrees), facts, tenants });
  },
);

const verified = async (period: Period, ports: PortsOf<typeof billing>): Promise<readonly TenantVerification[]> => {
  const books = booksOf(ports);
  const { settled } = books;
  await settled(unfoldedPartitions(books, eachAccount(books), periodEnd(period)));
  const tenants: TenantVerification[] = [];
  const verifying = { usage: ports.usage, rollups: ports.rollups, settled, pause: setImmediate };
  for await (const account of eachAccount(ports)) tenants.push(await verifyAccount(verifying, account, period, ports.clock.now()));
  return tenants;
};
