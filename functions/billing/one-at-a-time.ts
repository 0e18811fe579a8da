import { type Failure, failed } from '../../domain/kernel/failure.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import type { PortsOf } from '../kernel/handler.ts';
import type { billing } from './context.ts';

/** What was begun and never ended, because its process did, is in nobody's way for longer than that. */
const turnSeconds = 60;

/**
 * Work that takes long, once at a time for a tenant, wherever it is asked for: many at once would take the time of all others. Who comes meanwhile
 * is told so (429 `one-at-a-time`).
 */
export const oneAtATime = async <T>(
  tenant: TenantId,
  what: string,
  { turns, clock }: Pick<PortsOf<typeof billing>, 'turns' | 'clock'>,
  work: () => Promise<T>,
): Promise<T | Failure<'one-at-a-time'>> => {
  const key = { pk: `${tenant}#turn`, sk: what };
  const version = clock.now().getTime();
  const taken = await turns.put({ ...key, version, expiresAt: Math.ceil(version / 1000) + turnSeconds }, 'absent');
  if (!taken.written)
    return failed('busy', 'one-at-a-time', `A request for the ${what} is being answered; ask again when it has been, or in a minute.`);
  try {
    return await work();
  } finally {
    await turns.delete(key, { version });
  }
};
