import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { deployments, endpointStream } from '../../domain/models/streams.ts';
import { endpointReady } from '../../events/inference.ts';
import { type EventHandlerOf, handleOnce } from '../kernel/subscriber.ts';
import type { models } from './context.ts';
import { currentOf } from './targets.ts';

/** The requested version serves. An alias that moved while it was being loaded is followed from here. */
export const onEndpointReady: EventHandlerOf<typeof models> = async (event, { registry }) => {
  const { endpoint, generation } = endpointReady.data.parse(event.data);
  const tenant = event.tenantid as TenantId;
  const id = endpointStream(tenant, endpoint);
  const current = await currentOf(registry, tenant, (await registry.events.read(deployments, id)).state);
  const command = { type: 'ready', endpoint, generation, at: event.time, ...(current && { current }) } as const;
  await handleOnce(event, registry, [deployments, id, command]);
};
