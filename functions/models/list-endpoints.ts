import type { Deployment } from '../../domain/models/deployment.ts';
import { kindOf } from '../../domain/models/streams.ts';
import { handler, ok } from '../kernel/handler.ts';
import { list, pageOf } from '../kernel/lists.ts';
import type { models } from './context.ts';
import { endpointView } from './views.ts';

export const listEndpoints = handler<typeof models, 'GET /v1/endpoints'>(async ({ query, principal: { tenant } }, { registry }) => {
  const { states, next } = await registry.events.statesByIndex<Deployment>('byKind', kindOf(tenant, 'endpoint'), pageOf(query));
  const views = states.flatMap(({ state }) => (state.status === 'absent' ? [] : [endpointView(state)]));
  return ok(list(views, next));
});
