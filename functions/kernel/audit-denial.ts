import { createHash } from 'node:crypto';
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

/** Tells the audit trail of a denied access; the answer does not depend on it. */
export const denial = async (
  { bus, clock, ids, log }: Pick<Serving, 'bus' | 'clock' | 'ids' | 'log'>,
  { traceparent, ...denied }: Denial,
): Promise<void> => {
  const time = clock.now().toISOString();
  const minute = `${denied.tenant}\n${denied.principal}\n${denied.action}\n${denied.code}\n${time.slice(0, 16)}`;
  const id = coalesced.has(denied.code) ? createHash('sha256').update(minute).digest('hex').slice(0, 32) : ids.next();
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
    log.error('a denied access could not be told to the audit trail', error, { tenant: denied.tenant, route: denied.action });
  }
};
