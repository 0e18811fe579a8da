import { createHash } from 'node:crypto';
import type { EventBus } from '../../domain/kernel/event-bus.ts';
import type { Failure } from '../../domain/kernel/failure.ts';
import type { JsonObject } from '../../domain/kernel/json.ts';
import { accessDenied, accessGranted } from '../../events/identity.ts';
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

type Teller = Pick<Serving, 'bus' | 'clock' | 'ids' | 'log'>;
type Access = Omit<Denial, 'code'>;
type Told = { readonly type: string; readonly id: string; readonly once: boolean; readonly time: string; readonly data: JsonObject };

/** The same in every process for a minute. */
const idOfMinute = (time: string, ...parts: readonly string[]): string =>
  createHash('sha256')
    .update([...parts, time.slice(0, 16)].join('\n'))
    .digest('hex')
    .slice(0, 32);

const tell = async ({ bus, log }: Teller, access: Access, { type, id, once, time, data }: Told): Promise<void> => {
  if (once && !isNews(bus, id)) return;
  try {
    await bus.publish([
      {
        specversion: '1.0',
        id,
        source: 'urn:hybrid:identity',
        type,
        subject: access.resource,
        time,
        datacontenttype: 'application/json',
        tenantid: access.tenant,
        principal: access.principal,
        sequence: '0',
        traceparent: access.traceparent,
        data,
      },
    ]);
  } catch (error) {
    toldThrough.get(bus)?.delete(id);
    log.error('an access could not be told to the audit trail', error, { tenant: access.tenant, type, route: access.action });
  }
};

/** Tells the audit trail of a denied access; the answer does not depend on it. Of a hammering bad credential it tells once a minute. */
export const denial = async (teller: Teller, { traceparent, ...denied }: Denial): Promise<void> => {
  const time = teller.clock.now().toISOString();
  const once = coalesced.has(denied.code);
  const id = once ? idOfMinute(time, denied.tenant, denied.principal, denied.action, denied.code) : teller.ids.next();
  await tell(teller, { ...denied, traceparent }, { type: accessDenied.type, id, once, time, data: denied });
};

/** Tells the audit trail of an access that is granted, once a minute: what takes many requests is one thing that somebody does. */
export const tellOfUse = async (teller: Teller, { traceparent, ...used }: Access): Promise<void> => {
  const time = teller.clock.now().toISOString();
  const id = idOfMinute(time, used.tenant, used.principal, used.action, used.resource);
  await tell(teller, { ...used, traceparent }, { type: accessGranted.type, id, once: true, time, data: used });
};

/** Tells of a refusal where it has a name to it, and gives it back. */
export const tellOfDenial = async (
  serving: Teller,
  suspect: { readonly tenant: string; readonly principal: string } | undefined,
  failure: Failure,
  where: Pick<Denial, 'action' | 'resource' | 'traceparent'>,
): Promise<Failure> => {
  if (suspect) await denial(serving, { ...suspect, ...where, code: failure.code });
  return failure;
};
