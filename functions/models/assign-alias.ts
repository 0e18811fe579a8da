import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import { versionBeingDeleted } from '../../domain/models/failures.ts';
import { aliases, aliasStream } from '../../domain/models/streams.ts';
import { type Answer, change, handler, ok, type PortsOf, type RequestOf } from '../kernel/handler.ts';
import type { models } from './context.ts';
import { checkPreconditions, etagOf, isConditional } from './preconditions.ts';
import { findVersion, unchanged, untilSettled } from './registry.ts';

type Request = RequestOf<typeof models, 'PUT /v1/models/{name}/aliases/{alias}'>;

export const assignAlias = handler<typeof models, 'PUT /v1/models/{name}/aliases/{alias}'>((request, ports) =>
  untilSettled(() => assign(request, ports)),
);

const assign = async ({ params, body, headers, ...request }: Request, { registry }: PortsOf<typeof models>): Promise<Answer | Failure> => {
  const { tenant } = request.principal;
  const target = await findVersion(registry, tenant, params.name, body.version);
  if (isFailure(target)) return target;
  if (target.state.status === 'deleting') return versionBeingDeleted(params.name, body.version);
  const id = aliasStream(tenant, params.name, params.alias);
  const current = await registry.events.read(aliases, id);
  const refused = checkPreconditions(headers, current.state.version === null ? undefined : etagOf(current.version));
  if (refused) return refused;
  const view = { model: params.name, alias: params.alias, version: body.version };
  const options = { checks: [unchanged(target)], ...(isConditional(headers) ? { expectedVersion: current.version } : {}) };
  return change(
    request,
    registry,
    [aliases, id, { type: 'assign', ...view }],
    ({ version }) => ok(view, { etag: etagOf(version) }),
    options,
  );
};
