import type { Input } from '@pulumi/pulumi';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Verb } from '../../functions/kernel/context.ts';
import { qualifiedName, type Resource, type ResourceKind, resourceVariable } from '../../functions/kernel/resources.ts';
import type { Grant } from '../../functions/kernel/units.ts';
import type { Access } from './access.ts';
import type { BuiltInRole } from './built-in-roles.ts';
import type { CosmosRole } from './cosmos-roles.ts';

/** Where a resource is, for a role and for an app's environment. */
export type Place = {
  readonly scope: Input<string>;
  /** What the environment variable says: a name or a URL. */
  readonly value: Input<string>;
  /** Of objects: the account that they are in. */
  readonly account?: Input<string>;
  /** Of dead letters: the queues that they came from. */
  readonly sources?: readonly { readonly of: string; readonly scope: Input<string> }[];
};
/** By `resourceVariable`. */
export type Places = ReadonlyMap<string, Place>;

type Allowed = {
  readonly role?: BuiltInRole;
  readonly cosmosRole?: CosmosRole;
  /** Also on the account of objects, or on the queues that dead letters came from. */
  readonly beside?: { readonly role: BuiltInRole; readonly on: 'account' | 'sources' };
};

const table = {
  get: { cosmosRole: 'get' },
  read: { cosmosRole: 'read' },
  scan: { cosmosRole: 'read' },
  append: { cosmosRole: 'append' },
  put: { cosmosRole: 'put' },
  delete: { cosmosRole: 'delete' },
  // Looks what changed last in a partition, and how far that has been handled (see `progress` of an app).
  settle: { cosmosRole: 'changes' },
  // Its own word that something was handled lies among what it handles.
  acknowledge: { cosmosRole: 'append' },
} as const satisfies Partial<Record<Verb, Allowed>>;

/** What a verb means to Azure, for each kind of resource. A verb that is not here cannot be granted. */
const allowed: Record<ResourceKind, Partial<Record<Verb, Allowed>>> = {
  table,
  objects: {
    read: { role: 'blob-reader' },
    put: { role: 'blob-contributor' },
    delete: { role: 'blob-contributor' },
    presign: { role: 'blob-contributor', beside: { role: 'blob-delegator', on: 'account' } },
  },
  queue: { send: { role: 'queue-sender' } },
  bus: { publish: { role: 'event-sender' } },
  secret: { read: { role: 'secret-reader' }, put: { role: 'secret-officer' } },
  // Nothing here is a function apart: see units.ts.
  function: {},
  'dead-letters': {
    read: table.read,
    put: table.put,
    redrive: { cosmosRole: 'append', beside: { role: 'queue-sender', on: 'sources' } },
  },
};

/** Roles that another one on the same resource makes needless. */
const within: { readonly [role in BuiltInRole | CosmosRole]?: readonly (BuiltInRole | CosmosRole)[] } = {
  'blob-reader': ['blob-contributor'],
  'queue-sender': ['queue-contributor'],
  'secret-reader': ['secret-officer'],
  delete: ['append'],
  put: ['append'],
  get: ['read', 'changes', 'append', 'put'],
  read: ['changes'],
};

/** One role on one resource for each verb that is granted, less what others on the same resource imply. */
export const accessOf = (grants: readonly Grant[], places: Places): readonly Access[] =>
  leastOf(grants.flatMap((grant) => grant.verbs.flatMap((verb) => accessFor(grant.resource, verb, placeOf(grant.resource, places)))));

export const leastOf = (all: readonly Access[]): readonly Access[] => {
  const distinct = [...new Map(all.map((one) => [`${one.of} ${roleIn(one)}`, one])).values()];
  const has = (of: string, role: string) => distinct.some((one) => one.of === of && roleIn(one) === role);
  return distinct.filter((one) => !(within[roleIn(one)] ?? []).some((wider) => has(one.of, wider)));
};

export const roleIn = (access: Access): BuiltInRole | CosmosRole => ('role' in access ? access.role : access.cosmosRole);

const accessFor = (resource: Resource, verb: Verb, place: Place): readonly Access[] => {
  const rule = allowed[resource.kind][verb];
  if (rule === undefined)
    throw new Rejected(
      failed('invalid', 'verb-without-meaning', `On Azure nobody can "${verb}" a resource of the kind "${resource.kind}".`),
    );
  const { role, cosmosRole, beside } = rule;
  const on = { of: nameOf(resource), scope: place.scope };
  return [
    ...(role === undefined ? [] : [{ ...on, role }]),
    ...(cosmosRole === undefined ? [] : [{ ...on, cosmosRole }]),
    ...(beside?.on === 'account' ? [{ of: 'objects', scope: place.account ?? place.scope, role: beside.role }] : []),
    ...(beside?.on === 'sources' ? (place.sources ?? []).map((source) => ({ ...source, role: beside.role })) : []),
  ];
};

export const nameOf = (resource: Resource): string => qualifiedName(resource).replaceAll('.', '-');

export const placeOf = (resource: Resource, places: Places): Place => {
  const place = places.get(resourceVariable(resource));
  if (place === undefined) throw new Rejected(failed('invalid', 'unknown-resource', `Nothing was made for ${resourceVariable(resource)}.`));
  return place;
};
