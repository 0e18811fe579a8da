import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { auditItem } from '../../domain/observability/audit-entry.ts';
import { accessDenied, accessGranted } from '../../events/identity.ts';
import type { PortsOf } from '../kernel/handler.ts';
import type { observability } from './context.ts';

/** Writes the audit trail: the same event again is the same entry. */
export const onEveryEvent = async (event: CloudEvent, { audit }: PortsOf<typeof observability>): Promise<void> => {
  const denied = event.type === accessDenied.type;
  const ofAccess = denied || event.type === accessGranted.type;
  const action = ofAccess ? String(event.data.action) : (event.type.split('.').at(-2) as string);
  const entry = {
    id: event.id,
    at: event.time,
    by: event.principal,
    action,
    resource: event.subject,
    outcome: denied ? 'denied' : 'success',
  } as const;
  await audit.put(auditItem(event.tenantid, entry), 'absent');
};
