import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import { aliasInUse } from '../../domain/models/failures.ts';
import { aliases } from '../../domain/models/streams.ts';
import { type Answer, change, handler, noContent, type PortsOf, type RequestOf } from '../kernel/handler.ts';
import type { models } from './context.ts';
import { checkPreconditions, etagOf, isConditional } from './preconditions.ts';
import { findAlias, untilSettled } from './registry.ts';
import { endpointsUsing, noNewUse, useGuard } from './uses.ts';

type Request = RequestOf<typeof models, 'DELETE /v1/models/{name}/aliases/{alias}'>;

export const removeAlias = handler<typeof models, 'DELETE /v1/models/{name}/aliases/{alias}'>((request, ports) =>
  untilSettled(() => remove(request, ports)),
);

const remove = async (request: Request, { registry, clock }: PortsOf<typeof models>): Promise<Answer | Failure> => {
  const { params, headers, principal } = request;
  const { name, alias } = params;
  const found = await findAlias(registry, principal.tenant, name, alias);
  if (isFailure(found)) return found;
  const refused = checkPreconditions(headers, etagOf(found.version));
  if (refused) return refused;
  const guard = await useGuard(registry, principal.tenant, name);
  const followers = await endpointsUsing(registry, { tenant: principal.tenant, model: name, now: clock.now() }, { alias });
  if (followers.length > 0) return aliasInUse(name, alias, followers);
  const options = { checks: [noNewUse(guard)], ...(isConditional(headers) ? { expectedVersion: found.version } : {}) };
  return change(request, registry, [aliases, found.id, { type: 'remove', model: name, alias }], noContent, options);
};
