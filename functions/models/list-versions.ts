import { isFailure } from '../../domain/kernel/failure.ts';
import { modelPartition } from '../../domain/models/streams.ts';
import type { ModelVersion } from '../../domain/models/version.ts';
import { handler, ok } from '../kernel/handler.ts';
import { list, pageOf } from '../kernel/lists.ts';
import type { models } from './context.ts';
import { findModel } from './registry.ts';
import { versionView } from './views.ts';

export const listVersions = handler<typeof models, 'GET /v1/models/{name}/versions'>(async ({ params, query, principal }, { registry }) => {
  const found = await findModel(registry, principal.tenant, params.name);
  if (isFailure(found)) return found;
  const partition = modelPartition(principal.tenant, params.name);
  const { states, next } = await registry.events.states<ModelVersion>(partition, 'version#', pageOf(query));
  const views = states.flatMap(({ state }) => (state.status === 'ready' || state.status === 'deleting' ? [versionView(state)] : []));
  return ok(list(views, next));
});
