import { partitionKey } from '../../domain/kernel/event-store.ts';
import type { Item, Key, Write } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { refersTo } from '../../domain/models/deployment.ts';
import { deployments, endpointStream, modelPartition } from '../../domain/models/streams.ts';
import type { Records } from '../kernel/handler.ts';
import { paged } from './registry.ts';

// An endpoint lives in a partition of its own, so the model's partition notes who may refer to it: `use#<endpoint>#<version>#<alias>`, written
// before the endpoint changes. With each note the version of `uses` goes up, on which a change that must not meet a new use can rest.
const pendingMillis = 60_000;
const notesOfOne = 1000;
const deletedAtOnce = 50;

/** How many uses were noted so far: unchanged means that none came since. */
export type UseGuard = { readonly key: Key; readonly version: number };

/** A use that is about to be: `endpointVersion` is that of the endpoint's stream, which must not have changed when the use begins. */
export type Use = {
  readonly model: string;
  readonly endpoint: string;
  readonly endpointVersion: number;
  readonly modelVersion: string;
  readonly alias: string | null;
};

type Note = Item & Use & { readonly pendingUntil: string };
type What = { readonly version?: string; readonly alias?: string };

export const useGuard = async (registry: Records, tenant: TenantId, model: string): Promise<UseGuard> => {
  const key = { pk: partitionKey(modelPartition(tenant, model)), sk: 'uses' };
  return { key, version: (await registry.get(key))?.version ?? 0 };
};

const untouched = ({ version }: UseGuard) => (version === 0 ? ('absent' as const) : { version });

/** Holds only while no endpoint was given this model since. */
export const noNewUse = (guard: UseGuard): Write => ({ type: 'check', key: guard.key, if: untouched(guard) });

/**
 * Notes that an endpoint is about to refer to a model, if all checks hold (the version is still ready, the alias still points there). Until the
 * endpoint changes, or for a minute, the note counts as a use. False where a check did not hold.
 */
export const noteUse = async (registry: Records, tenant: TenantId, use: Use, now: Date, checks: readonly Write[]): Promise<boolean> => {
  const guard = await useGuard(registry, tenant, use.model);
  const { items } = await registry.query(guard.key.pk, { prefix: `use#${use.endpoint}#` }, { limit: notesOfOne });
  const key = { pk: guard.key.pk, sk: `use#${use.endpoint}#${use.modelVersion}#${use.alias ?? ''}` };
  const same = items.find(({ sk }) => sk === key.sk) as Note | undefined;
  const endpointVersion = Math.max(use.endpointVersion, same?.endpointVersion ?? 0);
  const note: Note = { ...use, ...key, endpointVersion, pendingUntil: new Date(now.getTime() + pendingMillis).toISOString() };
  const over = items.filter(({ sk, pendingUntil }) => sk !== key.sk && String(pendingUntil) < now.toISOString()).slice(0, deletedAtOnce);
  const counted: Write = { type: 'put', item: { ...guard.key, version: guard.version + 1 }, if: untouched(guard) };
  const forgotten = over.map(({ pk, sk }): Write => ({ type: 'delete', key: { pk, sk } }));
  return (await registry.transact(key.pk, [{ type: 'put', item: note }, counted, ...forgotten, ...checks])).written;
};

/** The endpoints that refer, or are about to refer, to a model, to one of its versions, or to what an alias points to; by name. */
export const endpointsUsing = async (
  registry: Records,
  { tenant, model, now }: { readonly tenant: TenantId; readonly model: string; readonly now: Date },
  what: What = {},
): Promise<readonly string[]> => {
  const pk = partitionKey(modelPartition(tenant, model));
  const found = new Set<string>();
  for await (const item of paged((page) => registry.query(pk, { prefix: 'use#' }, page))) {
    const note = item as Note;
    if (found.has(note.endpoint)) continue;
    const { state, version } = await registry.events.read(deployments, endpointStream(tenant, note.endpoint));
    const pending = version <= note.endpointVersion && note.pendingUntil > now.toISOString() && isAbout(note, what);
    if (pending || refersTo(state, model, what)) found.add(note.endpoint);
  }
  return [...found];
};

const isAbout = ({ modelVersion, alias }: Use, what: What): boolean =>
  (what.alias === undefined || what.alias === alias) && (what.version === undefined || what.version === modelVersion);
