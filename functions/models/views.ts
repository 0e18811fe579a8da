import type { TenantId } from '../../domain/kernel/tenancy.ts';
import type { Deployment } from '../../domain/models/deployment.ts';
import { endpointNotFound, type ModelsFailure } from '../../domain/models/failures.ts';
import type { Model } from '../../domain/models/model.ts';
import type { ModelVersion } from '../../domain/models/version.ts';
import type { Records } from '../kernel/handler.ts';
import { aliasesOf, versionsOf } from './registry.ts';

type PresentModel = Exclude<Model, { status: 'absent' }>;
type Pointers = { readonly aliases: { readonly [alias: string]: string }; readonly latestVersion: string | null };

export const modelView = ({ model, description, createdAt, createdBy }: PresentModel, pointers: Pointers) => ({
  name: model,
  description,
  createdAt,
  createdBy,
  ...pointers,
});

/** What a model's partition says of it beside its own state; strong. */
export const pointersOf = async (registry: Records, tenant: TenantId, name: string): Promise<Pointers> => {
  const { value: newest } = await versionsOf(registry, tenant, name).next();
  return { aliases: await aliasesOf(registry, tenant, name), latestVersion: newest?.version ?? null };
};

export const versionView = ({ status, ...version }: Extract<ModelVersion, { status: 'ready' | 'deleting' }>) => ({
  model: version.model,
  version: version.version,
  digest: version.digest,
  sizeBytes: version.sizeBytes,
  inputs: version.signature.inputs,
  outputs: version.signature.outputs,
  state: status,
  createdAt: version.createdAt,
  createdBy: version.createdBy,
});

type PresentEndpoint = Exclude<Deployment, { status: 'absent' }>;

export const presentEndpoint = (name: string, state: Deployment): PresentEndpoint | ModelsFailure =>
  state.status === 'absent' ? endpointNotFound(name) : state;

export const endpointView = (state: PresentEndpoint) => ({
  name: state.endpoint,
  model: state.target.model,
  version: state.target.release.version,
  alias: state.target.follows?.alias ?? null,
  state: state.status,
  ...(state.reason === null ? {} : { reason: state.reason }),
  servingModel: state.serving?.model ?? null,
  servingVersion: state.serving?.version ?? null,
  createdAt: state.createdAt,
  updatedAt: state.updatedAt,
});
