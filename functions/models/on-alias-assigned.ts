import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { deployments, endpointStream } from '../../domain/models/streams.ts';
import { aliasAssigned } from '../../events/models.ts';
import { type EventHandlerOf, handleOnce } from '../kernel/subscriber.ts';
import type { models } from './context.ts';
import { currentAlias } from './targets.ts';
import { endpointsUsing } from './uses.ts';

/**
 * Endpoints that follow an alias get what it points to by now, which may be newer than the event: late and re-ordered deliveries do no harm.
 * An endpoint that begins to follow at this very moment is missed here and caught up when it reports ready or failed.
 */
export const onAliasAssigned: EventHandlerOf<typeof models> = async (event, { registry, clock }) => {
  const { model, alias } = aliasAssigned.data.parse(event.data);
  const tenant = event.tenantid as TenantId;
  const current = await currentAlias(registry, tenant, model, alias);
  if (current === undefined) return;
  for (const endpoint of await endpointsUsing(registry, { tenant, model, now: clock.now() }, { alias })) {
    const command = { type: 'follow', endpoint, at: event.time, model, alias, current } as const;
    await handleOnce(event, registry, [deployments, endpointStream(tenant, endpoint), command]);
  }
};
