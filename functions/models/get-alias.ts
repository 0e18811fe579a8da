import { isFailure } from '../../domain/kernel/failure.ts';
import { handler, ok } from '../kernel/handler.ts';
import type { models } from './context.ts';
import { etagOf } from './preconditions.ts';
import { findAlias } from './registry.ts';

export const getAlias = handler<typeof models, 'GET /v1/models/{name}/aliases/{alias}'>(async ({ params, principal }, { registry }) => {
  const found = await findAlias(registry, principal.tenant, params.name, params.alias);
  if (isFailure(found)) return found;
  return ok({ model: params.name, alias: params.alias, version: found.state.version }, { etag: etagOf(found.version) });
});
