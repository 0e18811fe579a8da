import { failed } from '../../domain/kernel/failure.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { auditItem } from '../../domain/observability/audit-entry.ts';
import { accepted, handler } from '../kernel/handler.ts';
import type { observability } from './context.ts';

/** Whoever has it may have died with it: it is not gone before it is sent, so nobody is told that it is. */
const claimed = () =>
  failed('unavailable', 'dead-letter-claimed', 'This dead letter is being sent back at this moment; try again in a minute.');

export const redriveDeadLetter = handler<typeof observability, 'POST /v1/dead-letters/{id}/redrive'>(
  async ({ params, principal, newId }, { deadLetters, audit, clock }) => {
    const missing = failed('not-found', 'dead-letter-not-found', 'There is no such dead letter; perhaps it was redriven already.');
    const letter = await deadLetters.get(params.id);
    const visible = letter !== undefined && (principal.tenant === platformTenant || letter.tenant === principal.tenant);
    if (!visible) return missing;
    if (!(await deadLetters.redrive(params.id))) return (await deadLetters.get(params.id)) === undefined ? missing : claimed();
    const entry = {
      id: newId(),
      at: clock.now().toISOString(),
      by: principal.id,
      action: 'dead-letter-redriven',
      resource: `dead-letter/${params.id}`,
      outcome: 'success',
    } as const;
    await audit.put(auditItem(principal.tenant, entry));
    return accepted({ id: params.id });
  },
);
