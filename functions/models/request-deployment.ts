import { type Failure, failed, isFailure, orReject } from '../../domain/kernel/failure.ts';
import type { Deployment } from '../../domain/models/deployment.ts';
import { deployments, endpointStream } from '../../domain/models/streams.ts';
import { type Answer, accepted, change, handler, type PortsOf, type RequestOf } from '../kernel/handler.ts';
import type { models } from './context.ts';
import { untilSettled } from './registry.ts';
import { findTarget } from './targets.ts';
import { noteUse } from './uses.ts';
import { endpointView, presentEndpoint } from './views.ts';

type Request = RequestOf<typeof models, 'PUT /v1/endpoints/{name}'>;

const movedMeanwhile = () => failed('conflict', 'alongside-conflict', 'The model, version or alias changed at this moment; try again.');

export const requestDeployment = handler<typeof models, 'PUT /v1/endpoints/{name}'>((request, ports) =>
  untilSettled(() => deploy(request, ports)),
);

const deploy = async (request: Request, { registry, clock }: PortsOf<typeof models>): Promise<Answer | Failure> => {
  const { params, body, principal } = request;
  const found = await findTarget(registry, principal.tenant, body);
  if (isFailure(found)) return found;
  const { target, checks } = found;
  const id = endpointStream(principal.tenant, params.name);
  const { version: endpointVersion } = await registry.events.read(deployments, id);
  const alias = target.follows?.alias ?? null;
  const use = { model: target.model, endpoint: params.name, endpointVersion, modelVersion: target.release.version, alias };
  if (!(await noteUse(registry, principal.tenant, use, clock.now(), checks))) return movedMeanwhile();
  const command = { type: 'request', endpoint: params.name, at: clock.now().toISOString(), ...target } as const;
  const respond = ({ state }: { readonly state: Deployment }) => accepted(endpointView(orReject(presentEndpoint(params.name, state))));
  return change(request, registry, [deployments, id, command], respond, { expectedVersion: endpointVersion });
};
