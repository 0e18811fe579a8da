import * as z from 'zod';
import { accountAggregate, accountStream } from '../../domain/billing/account.ts';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { handledOrThrow } from '../../domain/kernel/event-store.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { tenantCreated } from '../../events/identity.ts';
import type { PortsOf } from '../kernel/handler.ts';
import type { billing } from './context.ts';

const system = { id: 'system:billing' } as const;

/** Opens the new tenant's billing account; an account that is open stays as it is, so that hearing it again changes nothing. */
export const onTenantCreated = async (event: CloudEvent, { accounts }: PortsOf<typeof billing>): Promise<void> => {
  const { tenant, name, createdAt } = z.parse(tenantCreated.data, event.data);
  const command = { type: 'open', tenantId: tenant, name, at: createdAt } as const;
  const traced = event.traceparent === undefined ? {} : { traceparent: event.traceparent };
  handledOrThrow(await accounts.events.handle(accountAggregate, accountStream(tenant as TenantId), command, { by: system, ...traced }));
};
