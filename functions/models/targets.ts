import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import type { Write } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import type { Current, Deployment, Target } from '../../domain/models/deployment.ts';
import { versionBeingDeleted } from '../../domain/models/failures.ts';
import { releaseOf } from '../../domain/models/version.ts';
import type { Records } from '../kernel/handler.ts';
import { findAlias, findOpenModel, findVersion, unchanged } from './registry.ts';

export type Wanted = { readonly model: string; readonly version?: string | undefined; readonly alias?: string | undefined };

/** What an endpoint shall serve, and the checks under which that can be had: the model open, the alias unmoved, the version ready. */
export const findTarget = async (
  registry: Records,
  tenant: TenantId,
  { model, version, alias }: Wanted,
): Promise<{ readonly target: Target; readonly checks: readonly Write[] } | Failure> => {
  const open = await findOpenModel(registry, tenant, model);
  if (isFailure(open)) return open;
  const pointer = alias === undefined ? undefined : await findAlias(registry, tenant, model, alias);
  if (isFailure(pointer)) return pointer;
  const number = pointer?.state.version ?? version ?? '';
  const found = await findVersion(registry, tenant, model, number);
  if (isFailure(found)) return found;
  if (found.state.status === 'deleting') return versionBeingDeleted(model, number);
  const follows = pointer === undefined || alias === undefined ? null : { alias, revision: pointer.version };
  const checks = [unchanged(open), unchanged(found), ...(pointer === undefined ? [] : [unchanged(pointer)])];
  return { target: { model, release: releaseOf(found.state), follows }, checks };
};

/** Where the alias that an endpoint follows points now; nothing where it follows none or the alias points to nothing. */
export const currentOf = async (registry: Records, tenant: TenantId, state: Deployment): Promise<Current | undefined> => {
  if (state.status === 'absent' || state.target.follows === null) return undefined;
  return currentAlias(registry, tenant, state.target.model, state.target.follows.alias);
};

export const currentAlias = async (registry: Records, tenant: TenantId, model: string, alias: string): Promise<Current | undefined> => {
  const pointer = await findAlias(registry, tenant, model, alias);
  if (isFailure(pointer)) return undefined;
  const found = await findVersion(registry, tenant, model, pointer.state.version);
  return isFailure(found) ? undefined : { release: releaseOf(found.state), revision: pointer.version };
};
