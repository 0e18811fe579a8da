import { isFailure } from '../../domain/kernel/failure.ts';
import { deployments, endpointStream } from '../../domain/models/streams.ts';
import { handler, ok } from '../kernel/handler.ts';
import type { models } from './context.ts';
import { endpointView, presentEndpoint } from './views.ts';

export const getEndpoint = handler<typeof models, 'GET /v1/endpoints/{name}'>(async ({ params, principal }, { registry }) => {
  const { state } = await registry.events.read(deployments, endpointStream(principal.tenant, params.name));
  const found = presentEndpoint(params.name, state);
  return isFailure(found) ? found : ok(endpointView(found));
});
