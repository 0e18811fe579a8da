import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { deployments, endpointStream } from '../../domain/models/streams.ts';
import { endpointFailed } from '../../events/inference.ts';
import { type EventHandlerOf, handleOnce } from '../kernel/subscriber.ts';
import type { models } from './context.ts';
import { currentOf } from './targets.ts';

/** The requested version could not be loaded. An alias that moved meanwhile is followed from here. */
export const onEndpointFailed: EventHandlerOf<typeof models> = async (event, { registry }) => {
  const { endpoint, generation, reason } = endpointFailed.data.parse(event.data);
  const tenant = event.tenantid as TenantId;
  const id = endpointStream(tenant, endpoint);
  const current = await currentOf(registry, tenant, (await registry.events.read(deployments, id)).state);
  const command = { type: 'fail', endpoint, generation, reason, at: event.time, ...(current && { current }) } as const;
  await handleOnce(event, registry, [deployments, id, command]);
};
