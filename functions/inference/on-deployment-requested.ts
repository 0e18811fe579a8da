import * as z from 'zod';
import { endpoints as aggregate, type Deployment, endpointStream, modelRef } from '../../domain/inference/endpoint.ts';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { handledOrThrow } from '../../domain/kernel/event-store.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { deploymentRequested } from '../../events/models.ts';
import type { PortsOf } from '../kernel/handler.ts';
import type { inference } from './context.ts';

const system = { id: 'system:inference' } as const;

/** Loads what was requested and says how it went; what served before answers until then, and goes on where it failed. */
export const onDeploymentRequested = async (event: CloudEvent, { endpoints, modelHost }: PortsOf<typeof inference>): Promise<void> => {
  const deployment: Deployment = z.parse(deploymentRequested.data, event.data);
  const stream = endpointStream(event.tenantid as TenantId, deployment.endpoint);
  const before = (await endpoints.events.read(aggregate, stream)).state;
  if (deployment.generation <= before.generation) return;
  const loaded = await modelHost.load(modelRef(deployment));
  const command = isFailure(loaded)
    ? ({ type: 'fail', deployment, reason: loaded.detail } as const)
    : ({ type: 'ready', deployment } as const);
  const traced = event.traceparent === undefined ? {} : { traceparent: event.traceparent };
  handledOrThrow(await endpoints.events.handle(aggregate, stream, command, { by: system, ...traced }));
  const replaced =
    command.type === 'ready' && before.serving !== null && before.serving.version !== deployment.version ? before.serving : null;
  if (replaced) await modelHost.remove(modelRef(replaced));
};
