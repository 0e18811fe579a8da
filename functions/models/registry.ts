import { type StreamId, stateItem, type Versioned } from '../../domain/kernel/event-store.ts';
import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import type { Page, Write } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import type { Alias } from '../../domain/models/alias.ts';
import { aliasNotFound, type ModelsFailure, modelBeingDeleted, modelNotFound, versionNotFound } from '../../domain/models/failures.ts';
import type { Model } from '../../domain/models/model.ts';
import { aliases, aliasStream, modelPartition, modelStream, models, versionStream, versions } from '../../domain/models/streams.ts';
import type { ModelVersion } from '../../domain/models/version.ts';
import type { Records } from '../kernel/handler.ts';

export type Found<State> = Versioned<State> & { readonly id: StreamId };
export type FoundModel = Found<Exclude<Model, { status: 'absent' }>>;
export type FoundVersion = Found<Extract<ModelVersion, { status: 'ready' | 'deleting' }>>;
export type FoundAlias = Found<{ readonly version: string }>;

/** A model that is there, perhaps being deleted. */
export const findModel = async (registry: Records, tenant: TenantId, name: string): Promise<FoundModel | ModelsFailure> => {
  const id = modelStream(tenant, name);
  const { state, version } = await registry.events.read(models, id);
  return state.status === 'absent' ? modelNotFound(name) : { id, state, version };
};

/** A model that may get versions, aliases and endpoints. */
export const findOpenModel = async (registry: Records, tenant: TenantId, name: string): Promise<FoundModel | ModelsFailure> => {
  const found = await findModel(registry, tenant, name);
  return !isFailure(found) && found.state.status === 'deleting' ? modelBeingDeleted(name) : found;
};

export const findVersion = async (
  registry: Records,
  tenant: TenantId,
  name: string,
  number: string,
): Promise<FoundVersion | ModelsFailure> => {
  const id = versionStream(tenant, name, number);
  const read = id && (await registry.events.read(versions, id));
  if (read && (read.state.status === 'ready' || read.state.status === 'deleting')) return { id, state: read.state, version: read.version };
  const known = await findModel(registry, tenant, name);
  return isFailure(known) ? known : versionNotFound(name, number);
};

export const findAlias = async (registry: Records, tenant: TenantId, name: string, alias: string): Promise<FoundAlias | ModelsFailure> => {
  const id = aliasStream(tenant, name, alias);
  const { state, version } = await registry.events.read(aliases, id);
  if (state.version !== null) return { id, state: { version: state.version }, version };
  const known = await findModel(registry, tenant, name);
  return isFailure(known) ? known : aliasNotFound(name, alias);
};

/** Holds only while a stream is as it was read: what a change of its neighbour rests on. */
export const unchanged = ({ id, version }: { readonly id: StreamId; readonly version: number }): Write => ({
  type: 'check',
  key: stateItem(id),
  if: version === 0 ? 'absent' : { version },
});

/** Every item of a paged reading. */
export async function* paged<T>(
  read: (page: Page) => Promise<{ readonly items: readonly T[]; readonly next: string | null }>,
  page: Page = {},
) {
  let cursor: string | null = null;
  do {
    const { items, next }: { readonly items: readonly T[]; readonly next: string | null } = await read({
      limit: 1000,
      ...page,
      ...(cursor === null ? {} : { cursor }),
    });
    yield* items;
    cursor = next;
  } while (cursor !== null);
}

const streamsOf = <State>(registry: Records, tenant: TenantId, name: string, prefix: string, options: Page = {}) =>
  paged<Versioned<State>>(async (page) => {
    const { states, next } = await registry.events.states<State>(modelPartition(tenant, name), prefix, page);
    return { items: states, next };
  }, options);

/** The versions that are there, the newest first: ready, or being deleted. */
export async function* versionsOf(registry: Records, tenant: TenantId, name: string) {
  for await (const { state } of streamsOf<ModelVersion>(registry, tenant, name, 'version#', { limit: 100, descending: true }))
    if (state.status === 'ready' || state.status === 'deleting') yield state;
}

/** The highest number that a version of this name ever had; 0 before the first. Numbers are never used again. */
export const highestVersion = async (registry: Records, tenant: TenantId, name: string): Promise<number> => {
  const { items } = await registry.query(
    stateItem(modelStream(tenant, name)).pk,
    { prefix: 'state#version#' },
    { limit: 1, descending: true },
  );
  return Number(items[0]?.sk.slice('state#version#'.length) ?? 0);
};

/** Where the aliases of a model point. */
export const aliasesOf = async (registry: Records, tenant: TenantId, name: string): Promise<{ readonly [alias: string]: string }> => {
  const pointing: [string, string][] = [];
  const pk = stateItem(modelStream(tenant, name)).pk;
  for await (const item of paged((page) => registry.query(pk, { prefix: 'state#alias#' }, page))) {
    const { version } = item.state as Alias;
    if (version !== null) pointing.push([item.sk.slice('state#alias#'.length), version]);
  }
  return Object.fromEntries(pointing);
};

const lostRaces: ReadonlySet<string> = new Set(['alongside-conflict', 'version-mismatch']);

/** Tries again, from reading on, while what the change rested on changes meanwhile; after 20 times the conflict is the answer. */
export const untilSettled = async <T>(attempt: () => Promise<T | Failure>): Promise<T | Failure> => {
  let outcome = await attempt();
  for (let more = 20; more > 0 && isFailure(outcome) && lostRaces.has(outcome.code); more--) outcome = await attempt();
  return outcome;
};
