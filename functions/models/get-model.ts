import { isFailure } from '../../domain/kernel/failure.ts';
import { handler, ok } from '../kernel/handler.ts';
import type { models } from './context.ts';
import { findModel } from './registry.ts';
import { modelView, pointersOf } from './views.ts';

export const getModel = handler<typeof models, 'GET /v1/models/{name}'>(async ({ params, principal: { tenant } }, { registry }) => {
  const found = await findModel(registry, tenant, params.name);
  return isFailure(found) ? found : ok(modelView(found.state, await pointersOf(registry, tenant, params.name)));
});
