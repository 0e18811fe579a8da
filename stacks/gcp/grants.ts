import type { Input } from '@pulumi/pulumi';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { qualifiedName, type Resource, resourceVariable } from '../../functions/kernel/resources.ts';
import type { Grant } from '../../functions/kernel/units.ts';
import type { Roles } from './custom-roles.ts';
import { type Granted, grantedBy, isWithin, type RoleName } from './grant-roles.ts';
import type { Binding, Target } from './role.ts';

/** Where a resource is, for a grant and for a function's environment. */
export type Place = {
  /** What the environment variable says. */
  readonly value: Input<string>;
  readonly on: Target;
  /** Of a queue whose senders ask for delays: its tasks, and the account that they are sent as. */
  readonly tasks?: { readonly name: Input<string>; readonly region: string; readonly accountName: Input<string> };
  /** Of dead letters: the topics that they go back to, by a name of each. */
  readonly sources?: { readonly [name: string]: Input<string> };
};
/** By `resourceVariable`. */
export type Places = ReadonlyMap<string, Place>;

export const placeOf = (resource: Resource, places: Places): Place => {
  const place = places.get(resourceVariable(resource));
  if (place === undefined) throw new Rejected(failed('invalid', 'unknown-resource', `Nothing was made for ${resourceVariable(resource)}.`));
  return place;
};

/** A role on something that may be granted other roles, too. */
export type Wanted = {
  readonly role: RoleName;
  readonly on: Target /** Unique among what an account is granted something on. */;
  readonly of: string;
};

/** One role for each verb of each resource, less what another one on the same resource implies. On Firestore that is the database. */
export const wantedBy = (grants: readonly Grant[], places: Places): readonly Wanted[] =>
  grants.flatMap(({ resource, verbs }) =>
    verbs.flatMap((verb) => {
      const meant = grantedBy(resource.kind, verb);
      if (meant === undefined)
        throw new Rejected(
          failed('invalid', 'verb-without-meaning', `On Google Cloud nobody can "${verb}" a resource of the kind "${resource.kind}".`),
        );
      return meant.flatMap((one) => wantedFor(one, resource, placeOf(resource, places)));
    }),
  );

export const bindingsOf = (wanted: readonly Wanted[], roles: Roles): readonly Binding[] => {
  const each = [...new Map(wanted.map((one) => [nameOf(one), one])).values()];
  return each
    .filter(({ role, of }) => !each.some((other) => other.of === of && isWithin(role, other.role)))
    .map((one) => ({ name: nameOf(one), role: roles.named(one.role), on: one.on }));
};

const wantedFor = ({ role, on }: Granted, resource: Resource, place: Place): readonly Wanted[] => {
  const what = qualifiedName(resource).replaceAll('.', '-');
  switch (on) {
    case 'resource':
      return [place.on.kind === 'database' ? inDatabase(role, place.on) : { role, of: what, on: place.on }];
    case 'self':
      return [{ role, of: 'self', on: { kind: 'self' } }];
    case 'sources':
      return Object.entries(place.sources ?? {}).map(([of, topicName]) => ({ role, of, on: { kind: 'topic', topicName } }));
    case 'tasks':
      if (place.tasks === undefined) return [];
      return [
        { role, of: what, on: { kind: 'tasks', tasksName: place.tasks.name, region: place.tasks.region } },
        { role: 'roles/iam.serviceAccountUser', of: 'tasks', on: { kind: 'account', accountName: place.tasks.accountName } },
      ];
  }
};

type OneDatabase = Extract<Target, { readonly kind: 'database' }>;

export const inDatabase = (role: RoleName, on: OneDatabase): Wanted => ({ role, of: on.context, on });

const nameOf = ({ role, of }: Wanted): string => `${shortName(role)}-${of}`;

/** `roles/pubsub.publisher` as `publisher`: what it is granted on says the rest. */
const shortName = (role: string): string => role.slice(Math.max(role.lastIndexOf('/'), role.lastIndexOf('.')) + 1);
