import { createHash } from 'node:crypto';
import type { EventBus } from '../../domain/kernel/event-bus.ts';
import type { Failure } from '../../domain/kernel/failure.ts';
import { accessDenied } from '../../events/identity.ts';
import type { Serving } from './serve.ts';

export type Denial = {
  readonly tenant: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly code: string;
  readonly traceparent: string;
};

/** A bad credential that hammers is one entry a minute, not a flood that fills the disk. */
const coalesced = new Set(['credentials-invalid', 'tenant-suspended']);

const rememberedDenials = 1_000;
const toldThrough = new WeakMap<EventBus, Set<string>>();

// Consumers would know a repeated id, but every publication is a write first; so this process remembers the latest ids, and no more of them.
const isNews = (bus: EventBus, id: string): boolean => {
  const told = toldThrough.get(bus) ?? new Set<string>();
  toldThrough.set(bus, told);
  if (told.has(id)) return false;
  for (const oldest of told) {
    if (told.size < rememberedDenials) break;
    told.delete(oldest);
  }
  told.add(id);
  return true;
};

/** Tells the audit trail of a denied access; the answer does not depend on it. Of a hammering bad credential it tells once a minute. */
export const denial = async (
  { bus, clock, ids, log }: Pick<Serving, 'bus' | 'clock' | 'ids' | 'log'>,
  { traceparent, ...denied }: Denial,
): Promise<void> => {
  const time = clock.now().toISOString();
  const minute = `${denied.tenant}\n${denied.principal}\n${denied.action}\n${denied.code}\n${time.slice(0, 16)}`;
  const id = coalesced.has(denied.code) ? createHash('sha256').update(minute).digest('hex').slice(0, 32) : ids.next();
  if (coalesced.has(denied.code) && !isNews(bus, id)) return;
  try {
    await bus.publish([
      {
        specversion: '1.0',
        id,
        source: 'urn:hybrid:identity',
        type: accessDenied.type,
        subject: denied.resource,
        time,
        datacontenttype: 'application/json',
        tenantid: denied.tenant,
        principal: denied.principal,
        sequence: '0',
        traceparent,
        data: denied,
      },
    ]);
  } catch (error) {
    toldThrough.get(bus)?.delete(id);
    log.error('a denied access could not be told to the audit trail', error, { tenant: denied.tenant, route: denied.action });
  }
};

/** Tells of a refusal where it has a name to it, and gives it back. */
export const tellOfDenial = async (
  serving: Pick<Serving, 'bus' | 'clock' | 'ids' | 'log'>,
  suspect: { readonly tenant: string; readonly principal: string } | undefined,
  failure: Failure,
  where: Pick<Denial, 'action' | 'resource' | 'traceparent'>,
): Promise<Failure> => {
  if (suspect) await denial(serving, { ...suspect, ...where, code: failure.code });
  return failure;
};
