import type { Item, Key } from '../kernel/table.ts';

/** One line of the audit trail. Entries are partitioned by tenant and day (UTC) and ordered by time within it. */
export type AuditEntry = {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: 'success' | 'denied';
};

export const auditPartition = (tenant: string, day: string): string => `${tenant}#audit#${day}`;
const auditKey = (tenant: string, { at, id }: Pick<AuditEntry, 'at' | 'id'>): Key => ({
  pk: auditPartition(tenant, at.slice(0, 10)),
  sk: `${at}#${id}`,
});

export const auditItem = (tenant: string, entry: AuditEntry): Item => ({ ...auditKey(tenant, entry), ...entry });

export const auditEntry = ({ id, at, by, action, resource, outcome }: Item): AuditEntry =>
  ({ id, at, by, action, resource, outcome }) as AuditEntry;

export type AuditFilter = {
  readonly by?: string | undefined;
  readonly action?: string | undefined;
  readonly resource?: string | undefined;
  readonly outcome?: string | undefined;
};

/** A resource matches itself and all that lies below it. */
export const matchesAudit = (entry: AuditEntry, { by, action, resource, outcome }: AuditFilter): boolean =>
  (by === undefined || entry.by === by) &&
  (action === undefined || entry.action === action) &&
  (outcome === undefined || entry.outcome === outcome) &&
  (resource === undefined || entry.resource === resource || entry.resource.startsWith(`${resource}/`));

/** The days (`yyyy-mm-dd`, UTC) that a range of time touches, newest first; `to` is exclusive. */
export const daysBetween = (from: Date, to: Date): readonly string[] => {
  const days: string[] = [];
  const dayMillis = 86_400_000;
  for (let day = Math.floor((to.getTime() - 1) / dayMillis); day >= Math.floor(from.getTime() / dayMillis); day--)
    days.push(new Date(day * dayMillis).toISOString().slice(0, 10));
  return days;
};
