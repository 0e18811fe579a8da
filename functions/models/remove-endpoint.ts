import { deployments, endpointStream } from '../../domain/models/streams.ts';
import { change, handler, noContent } from '../kernel/handler.ts';
import type { models } from './context.ts';

export const removeEndpoint = handler<typeof models, 'DELETE /v1/endpoints/{name}'>(async (request, { registry }) => {
  const { name } = request.params;
  return change(
    request,
    registry,
    [deployments, endpointStream(request.principal.tenant, name), { type: 'remove', endpoint: name }],
    noContent,
  );
});
