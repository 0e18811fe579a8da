import type { Model } from '../../domain/models/model.ts';
import { kindOf } from '../../domain/models/streams.ts';
import { handler, ok } from '../kernel/handler.ts';
import { list, pageOf } from '../kernel/lists.ts';
import type { models } from './context.ts';
import { modelView, pointersOf } from './views.ts';

const atOnce = 20;

export const listModels = handler<typeof models, 'GET /v1/models'>(async ({ query, principal: { tenant } }, { registry }) => {
  const { states, next } = await registry.events.statesByIndex<Model>('byKind', kindOf(tenant, 'model'), pageOf(query));
  const views: ReturnType<typeof modelView>[] = [];
  for (let from = 0; from < states.length; from += atOnce) {
    const some = states.slice(from, from + atOnce).flatMap(({ state }) => (state.status === 'absent' ? [] : [state]));
    views.push(...(await Promise.all(some.map(async (state) => modelView(state, await pointersOf(registry, tenant, state.model))))));
  }
  return ok(list(views, next));
});
