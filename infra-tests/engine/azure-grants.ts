import type { Access, Assignment } from '../../tools/engine/azure/access.ts';
import { builtInRoles } from '../../tools/engine/azure/built-in-roles.ts';
import type { Subscription } from '../../tools/engine/azure/subscription.ts';

/** Names as a reader knows them: without random ends, principals as their identities, roles as they are called. */
const namesIn = ({ identities, access }: Subscription) => {
  const principals = new Map([...identities.values()].map(({ id, tokens }) => [tokens.principalId, shortOf(id)]));
  const ofRole = (role: string): string => builtInRoles[role.split('/').at(-1) ?? '']?.name ?? access.titleOf(role) ?? role;
  return ({ principalId, role, scope }: Assignment): string =>
    `${principals.get(principalId) ?? principalId}: ${ofRole(role)} on ${shortOf(scope)}`;
};

/** The last part of an id, without the random end that a name may have. */
const shortOf = (id: string): string => (id.split('/').at(-1) ?? id).replace(/-identity[0-9a-f]{7}$/, '').replace(/[0-9a-f]{7}$/, '');

const isNeeded = (access: Access): ((assignment: Assignment) => boolean) => {
  const all = [...access.assignments().values()];
  const needed = new Set(
    access.decisions().flatMap(({ principalId, need }) => {
      const allowing = all.filter((one) => access.allows(one, principalId, need));
      return allowing.length === 1 ? allowing : [];
    }),
  );
  return (assignment) => needed.has(assignment);
};

/** The assignments without which nothing would have been refused: nobody asked for what they allow, or another one allows it too. */
export const unneeded = (subscription: Subscription): readonly string[] => {
  const [name, needed] = [namesIn(subscription), isNeeded(subscription.access)];
  const all = [...subscription.access.assignments().values()];
  return all
    .filter((one) => !needed(one))
    .map(name)
    .toSorted();
};

/** What roles of the stack's own allow and none of their holders ever asked for, as `<role> <action>`. */
export const unusedActions = ({ access }: Subscription): readonly string[] => {
  const held = [...access.assignments().values()];
  return access
    .roles()
    .filter(({ id }) => held.some(({ role }) => role === id))
    .flatMap(({ id, title, actions }) => {
      const holders = held.filter(({ role }) => role === id);
      const isUsed = (action: string): boolean =>
        access
          .decisions()
          .some(
            ({ principalId, need }) =>
              need.anyOf.some((list) => list.includes(action)) && holders.some((holder) => access.allows(holder, principalId, need)),
          );
      return actions.filter((action) => !isUsed(action)).map((action) => `${title} ${action.split('/').slice(-2).join('/')}`);
    })
    .toSorted();
};

/** What was refused, as `<identity>: <actions> on <resource>`. */
export const refusals = ({ access, identities }: Subscription): readonly string[] => {
  const principals = new Map([...identities.values()].map(({ id, tokens }) => [tokens.principalId, shortOf(id)]));
  return access
    .decisions()
    .filter(({ isAllowed }) => !isAllowed)
    .map(({ principalId, need }) => `${principals.get(principalId)}: ${need.anyOf.flat().join(' or ')} on ${need.scope}`);
};

/** Takes away an assignment, behind the back of the stack; named as `unneeded` does. */
export const takeAway = (subscription: Subscription, wanted: string): void => {
  const name = namesIn(subscription);
  for (const [id, assignment] of subscription.access.assignments()) if (name(assignment) === wanted) subscription.access.unassign(id);
};
