import type { Input } from '@pulumi/pulumi';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { qualifiedName, type Resource, resourceVariable } from '../../functions/kernel/resources.ts';
import type { Grant } from '../../functions/kernel/units.ts';
import type { Roles } from './custom-roles.ts';
import { type Granted, grantedBy } from './grant-roles.ts';
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

/** One role for each verb of each resource; what several of them come to on one database is granted once. */
export const bindingsOf = (grants: readonly Grant[], places: Places, roles: Roles): readonly Binding[] =>
  onceEach(
    grants.flatMap(({ resource, verbs }) =>
      verbs.flatMap((verb) => {
        const meant = grantedBy(resource.kind, verb);
        if (meant === undefined)
          throw new Rejected(
            failed('invalid', 'verb-without-meaning', `On Google Cloud nobody can "${verb}" a resource of the kind "${resource.kind}".`),
          );
        return meant.flatMap((one) => bindingsFor(one, resource, placeOf(resource, places), roles));
      }),
    ),
  );

export const onceEach = (bindings: readonly Binding[]): readonly Binding[] => [...new Map(bindings.map((one) => [one.name, one])).values()];

const bindingsFor = ({ role, on }: Granted, resource: Resource, place: Place, roles: Roles): readonly Binding[] => {
  const named = (suffix: string, target: Target, as: Granted['role'] = role): Binding => ({
    name: `${shortName(as)}-${suffix}`,
    role: roles.named(as),
    on: target,
  });
  const what = qualifiedName(resource).replaceAll('.', '-');
  switch (on) {
    case 'resource':
      return [place.on.kind === 'database' ? inDatabase(role, place.on, roles) : named(what, place.on)];
    case 'self':
      return [named('self', { kind: 'self' })];
    case 'sources':
      return Object.entries(place.sources ?? {}).map(([name, topicName]) => named(name, { kind: 'topic', topicName }));
    case 'tasks':
      if (place.tasks === undefined) return [];
      return [
        named(what, { kind: 'tasks', tasksName: place.tasks.name, region: place.tasks.region }),
        named('tasks', { kind: 'account', accountName: place.tasks.accountName }, 'roles/iam.serviceAccountUser'),
      ];
  }
};

type OneDatabase = Extract<Target, { readonly kind: 'database' }>;

export const inDatabase = (role: Granted['role'], database: OneDatabase, roles: Roles): Binding => ({
  name: `${shortName(role)}-${database.context}`,
  role: roles.named(role),
  on: database,
});

/** `roles/pubsub.publisher` as `publisher`: what it is granted on says the rest. */
const shortName = (role: string): string => role.slice(Math.max(role.lastIndexOf('/'), role.lastIndexOf('.')) + 1);
