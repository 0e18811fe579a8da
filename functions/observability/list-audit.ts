import { type Failure, failed, isFailure } from '../../domain/kernel/failure.ts';
import type { Item, Table } from '../../domain/kernel/table.ts';
import { type Principal, platformTenant } from '../../domain/kernel/tenancy.ts';
import { type AuditEntry, auditEntry, auditPartition, daysBetween, matchesAudit } from '../../domain/observability/audit-entry.ts';
import { handler, ok } from '../kernel/handler.ts';
import { list } from '../kernel/lists.ts';
import type { observability } from './context.ts';

const dayMillis = 86_400_000;
const defaultMillis = 30 * dayMillis;
const longestMillis = 400 * dayMillis;

export const listAudit = handler<typeof observability, 'GET /v1/audit'>(async ({ query, principal }, { audit, clock }) => {
  const tenant = trailOf(principal, query.tenantId);
  if (isFailure(tenant)) return tenant;
  const to = query.to === undefined ? new Date(clock.now().getTime() + 1) : new Date(query.to);
  const from = query.from === undefined ? new Date(to.getTime() - defaultMillis) : new Date(query.from);
  if (from >= to || to.getTime() - from.getTime() > longestMillis)
    return failed('invalid', 'invalid-range', `"from" has to lie before "to", at most ${longestMillis / dayMillis} days.`);
  const place = query.cursor === undefined ? undefined : readCursor(query.cursor, to);
  if (isFailure(place)) return place;

  const entries: AuditEntry[] = [];
  for await (const item of newestFirst(audit, tenant, from, place ?? { before: to.toISOString(), to })) {
    const entry = auditEntry(item);
    if (!matchesAudit(entry, query)) continue;
    if (entries.length === query.limit) return ok(list(entries, writeCursor(entries.at(-1) as AuditEntry)));
    entries.push(entry);
  }
  return ok(list(entries, null));
});

const trailOf = (principal: Principal, named: string | undefined): string | Failure =>
  named === undefined || named === principal.tenant || principal.tenant === platformTenant
    ? (named ?? principal.tenant)
    : failed('not-found', 'tenant-not-found', `There is no tenant "${named}".`);

type Place = { readonly before: string; readonly to: Date };

async function* newestFirst(audit: Pick<Table, 'query'>, tenant: string, from: Date, { before, to }: Place): AsyncGenerator<Item> {
  for (const day of daysBetween(from, to)) {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Table['query']>> = await audit.query(
        auditPartition(tenant, day),
        { from: from.toISOString(), to: before },
        { limit: 200, descending: true, ...(cursor === null ? {} : { cursor }) },
      );
      yield* page.items.filter((item) => item.sk < before);
      cursor = page.next;
    } while (cursor !== null);
  }
}

// A cursor is the place of the last entry shown: what comes next is older.
const writeCursor = ({ at, id }: AuditEntry): string => Buffer.from(`${at}#${id}`).toString('base64url');
// It never reaches past `to`: whoever writes one of a far future would have every day until then looked up.
const readCursor = (cursor: string, to: Date): Place | Failure => {
  const before = Buffer.from(cursor, 'base64url').toString();
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#./.test(before) ? Date.parse(before.slice(0, 24)) : Number.NaN;
  if (!(at < to.getTime())) return failed('invalid', 'invalid-cursor', 'This cursor is not one that a list gave; begin without it.');
  return { before, to: new Date(at + 1) };
};
