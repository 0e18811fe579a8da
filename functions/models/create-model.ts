import { models as aggregate, modelStream } from '../../domain/models/streams.ts';
import { change, created, handler } from '../kernel/handler.ts';
import type { models } from './context.ts';
import { modelView, pointersOf } from './views.ts';

export const createModel = handler<typeof models, 'POST /v1/models'>(async (request, { registry, clock }) => {
  const { body, principal } = request;
  const at = clock.now().toISOString();
  const command = { type: 'create', model: body.name, description: body.description, at, by: principal.id } as const;
  const pointers = await pointersOf(registry, principal.tenant, body.name);
  const view = modelView({ ...command, status: 'present', createdAt: at, createdBy: principal.id }, pointers);
  return change(request, registry, [aggregate, modelStream(principal.tenant, body.name), command], () =>
    created(view, { headers: { location: `/v1/models/${body.name}` } }),
  );
});
