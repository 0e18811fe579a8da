import * as z from 'zod';
import { endpoints as aggregate, endpointStream, modelRef } from '../../domain/inference/endpoint.ts';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { handledOrThrow } from '../../domain/kernel/event-store.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { endpointRemoved } from '../../events/models.ts';
import type { PortsOf } from '../kernel/handler.ts';
import type { inference } from './context.ts';

export const onEndpointRemoved = async (event: CloudEvent, { endpoints, modelHost }: PortsOf<typeof inference>): Promise<void> => {
  const { endpoint, generation } = z.parse(endpointRemoved.data, event.data);
  const stream = endpointStream(event.tenantid as TenantId, endpoint);
  const before = (await endpoints.events.read(aggregate, stream)).state;
  handledOrThrow(
    await endpoints.events.handle(aggregate, stream, { type: 'stop', endpoint, generation }, { by: { id: 'system:inference' } }),
  );
  if (before.serving !== null && before.generation < generation) await modelHost.remove(modelRef(before.serving));
};
