import type { HandleOptions } from '../../domain/kernel/event-store.ts';
import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import { modelInUse, versionNotFound } from '../../domain/models/failures.ts';
import { models as aggregate, aliases, aliasStream, versionStream, versions } from '../../domain/models/streams.ts';
import { type Answer, change, changedBy, handler, noContent, type PortsOf, type RequestOf } from '../kernel/handler.ts';
import type { models } from './context.ts';
import { aliasesOf, type Found, findModel, unchanged, untilSettled, versionsOf } from './registry.ts';
import { endpointsUsing } from './uses.ts';

type Request = RequestOf<typeof models, 'DELETE /v1/models/{name}'>;
type Ports = PortsOf<typeof models>;
type Step = Omit<HandleOptions<never, never>, 'alongside' | 'expectedVersion'> & {
  readonly alongside: () => readonly ReturnType<typeof unchanged>[];
};

export const deleteModel = handler<typeof models, 'DELETE /v1/models/{name}'>((request, ports) =>
  untilSettled(() => remove(request, ports)),
);

// While the model is being deleted nothing new comes to it; every later step rests on that still being so.
const remove = async (request: Request, ports: Ports): Promise<Answer | Failure> => {
  const { params, principal } = request;
  const { registry, clock } = ports;
  const found = await findModel(registry, principal.tenant, params.name);
  if (isFailure(found)) return found;
  const named = { model: params.name };
  const begun = await registry.events.handle(aggregate, found.id, { type: 'begin-deletion', ...named }, changedBy(request));
  if (isFailure(begun)) return begun;
  const expected = { expectedVersion: begun.version };
  const endpoints = await endpointsUsing(registry, { tenant: principal.tenant, model: params.name, now: clock.now() });
  if (endpoints.length > 0) {
    await registry.events.handle(aggregate, found.id, { type: 'cancel-deletion', ...named }, { ...changedBy(request), ...expected });
    return modelInUse(params.name, endpoints);
  }
  const failure = await empty(request, { ...found, version: begun.version }, ports);
  return failure ?? change(request, registry, [aggregate, found.id, { type: 'complete-deletion', ...named }], noContent, expected);
};

// First all versions are closed, so that no alias can be assigned behind the back of the second step.
const empty = async (request: Request, model: Found<unknown>, { registry }: Ports): Promise<Failure | undefined> => {
  const { principal, params } = request;
  const step: Step = { ...changedBy(request), alongside: () => [unchanged(model)] };
  const numbers: string[] = [];
  for await (const { version } of versionsOf(registry, principal.tenant, params.name)) numbers.push(version);
  return (
    (await eachVersion(request, numbers, 'begin-deletion', registry, step)) ??
    (await removeAliases(request, registry, step)) ??
    (await eachVersion(request, numbers, 'complete-deletion', registry, step))
  );
};

const eachVersion = async (
  { principal, params }: Request,
  numbers: readonly string[],
  type: 'begin-deletion' | 'complete-deletion',
  registry: Ports['registry'],
  step: Step,
): Promise<Failure | undefined> => {
  for (const version of numbers) {
    const id = versionStream(principal.tenant, params.name, version);
    if (id === undefined) return versionNotFound(params.name, version);
    const outcome = await registry.events.handle(versions, id, { type, model: params.name, version }, step);
    if (isFailure(outcome) && outcome.code !== 'version-not-found') return outcome;
  }
  return undefined;
};

const removeAliases = async ({ principal, params }: Request, registry: Ports['registry'], step: Step): Promise<Failure | undefined> => {
  for (const alias of Object.keys(await aliasesOf(registry, principal.tenant, params.name))) {
    const command = { type: 'remove', model: params.name, alias } as const;
    const outcome = await registry.events.handle(aliases, aliasStream(principal.tenant, params.name, alias), command, step);
    if (isFailure(outcome) && outcome.code !== 'alias-not-found') return outcome;
  }
  return undefined;
};
