import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import { versionInUse } from '../../domain/models/failures.ts';
import { versions } from '../../domain/models/streams.ts';
import { type Answer, change, changedBy, handler, noContent, type PortsOf, type RequestOf } from '../kernel/handler.ts';
import type { models } from './context.ts';
import { aliasesOf, findVersion, untilSettled } from './registry.ts';
import { endpointsUsing } from './uses.ts';

type Request = RequestOf<typeof models, 'DELETE /v1/models/{name}/versions/{version}'>;

export const deleteVersion = handler<typeof models, 'DELETE /v1/models/{name}/versions/{version}'>((request, ports) =>
  untilSettled(() => remove(request, ports)),
);

// From the first step on nothing new may refer to the version, so that what the second one reads stays true for the third.
const remove = async (request: Request, ports: PortsOf<typeof models>): Promise<Answer | Failure> => {
  const { params, principal } = request;
  const { registry } = ports;
  const named = { model: params.name, version: params.version };
  const found = await findVersion(registry, principal.tenant, params.name, params.version);
  if (isFailure(found)) return found;
  const step = (type: 'begin-deletion' | 'cancel-deletion') => ({ type, ...named }) as const;
  const begun = await registry.events.handle(versions, found.id, step('begin-deletion'), changedBy(request));
  if (isFailure(begun)) return begun;
  const expected = { expectedVersion: begun.version };
  const inUse = await usedBy(request, ports);
  if (inUse === undefined)
    return change(request, registry, [versions, found.id, { type: 'complete-deletion', ...named }], noContent, expected);
  await registry.events.handle(versions, found.id, step('cancel-deletion'), { ...changedBy(request), ...expected });
  return inUse;
};

const usedBy = async ({ params, principal }: Request, { registry, clock }: PortsOf<typeof models>): Promise<Failure | undefined> => {
  const { name: model, version } = params;
  const pointing = Object.entries(await aliasesOf(registry, principal.tenant, model));
  const aliases = pointing.filter(([, target]) => target === version).map(([alias]) => alias);
  const endpoints = await endpointsUsing(registry, { tenant: principal.tenant, model, now: clock.now() }, { version });
  return aliases.length + endpoints.length === 0 ? undefined : versionInUse(model, version, { endpoints, aliases });
};
