import type { Aggregate, StreamId } from '../kernel/event-store.ts';
import type { TenantId } from '../kernel/tenancy.ts';
import { type Alias, type AliasCommand, type AliasEvent, alias } from './alias.ts';
import { type Deployment, type DeploymentCommand, type DeploymentEvent, deployment } from './deployment.ts';
import type { ModelsFailure } from './failures.ts';
import { type Model, type ModelCommand, type ModelEvent, model } from './model.ts';
import { type ModelVersion, modelVersion, type VersionCommand, type VersionEvent } from './version.ts';

/** A model with its versions and aliases is one partition, so that they can be read together and checked against each other. */
export const modelPartition = (tenant: TenantId, name: string) => ({ tenant, partition: `model#${name}` });

export const modelStream = (tenant: TenantId, name: string): StreamId => ({ ...modelPartition(tenant, name), stream: 'model' });
export const aliasStream = (tenant: TenantId, name: string, named: string): StreamId => ({
  ...modelPartition(tenant, name),
  stream: `alias#${named}`,
});
export const endpointStream = (tenant: TenantId, name: string): StreamId => ({
  tenant,
  partition: `endpoint#${name}`,
  stream: 'endpoint',
});

const versionDigits = 10;
const versionPattern = /^[1-9]\d{0,9}$/;

/** Padded, so that versions are ordered by number; undefined for what cannot be the number of a version. */
export const versionStream = (tenant: TenantId, name: string, version: string): StreamId | undefined =>
  versionPattern.test(version) ? { ...modelPartition(tenant, name), stream: `version#${version.padStart(versionDigits, '0')}` } : undefined;

/** The index partition that lists a tenant's models, or endpoints, by name. */
export const kindOf = (tenant: TenantId, kind: 'model' | 'endpoint'): string => `${tenant}#${kind}`;

/** The timeline of all aliases of a model. */
export const aliasTimeline = ({ tenant, partition }: Pick<StreamId, 'tenant' | 'partition'>): string => `${tenant}#${partition}#aliases`;

export const models: Aggregate<Model, ModelCommand, ModelEvent, ModelsFailure> = {
  decider: model,
  attributes: (state, { tenant }) => (state.status === 'absent' ? {} : { kind_of: kindOf(tenant, 'model'), name: state.model }),
};

export const versions: Aggregate<ModelVersion, VersionCommand, VersionEvent, ModelsFailure> = { decider: modelVersion };

export const aliases: Aggregate<Alias, AliasCommand, AliasEvent, ModelsFailure> = { decider: alias, timeline: aliasTimeline };

export const deployments: Aggregate<Deployment, DeploymentCommand, DeploymentEvent, ModelsFailure> = {
  decider: deployment,
  attributes: (state, { tenant }) => (state.status === 'absent' ? {} : { kind_of: kindOf(tenant, 'endpoint'), name: state.endpoint }),
};
