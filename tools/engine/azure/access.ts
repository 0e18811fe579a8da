import { builtInRoles } from './built-in-roles.ts';

/** What a call needs on a resource: all of one of these lists of actions. */
export type Need = { readonly anyOf: readonly (readonly string[])[]; readonly scope: string };

/** `role` is the id of a definition of Cosmos DB's, or of one of Azure's own. */
export type Assignment = { readonly principalId: string; readonly role: string; readonly scope: string };

export type Role = { readonly id: string; readonly title: string; readonly actions: readonly string[] };

export type Decision = { readonly principalId: string; readonly need: Need; readonly isAllowed: boolean };

/** Who may do what. Unlike any emulator it decides, and it keeps what it decided. */
export type Access = {
  define(role: string, title: string, actions: readonly string[]): void;
  undefine(role: string): void;
  isDefined(role: string): boolean;
  titleOf(role: string): string | undefined;
  /** Those that were defined here. */
  roles(): readonly Role[];
  assign(id: string, assignment: Assignment): void;
  unassign(id: string): void;
  isAssigned(id: string): boolean;
  assignments(): ReadonlyMap<string, Assignment>;
  /** What is allowed by an assignment. */
  allows(assignment: Assignment, principalId: string, need: Need): boolean;
  decide(principalId: string, need: Need): boolean;
  decisions(): readonly Decision[];
};

const covers = (allowed: string, action: string): boolean =>
  allowed.endsWith('*') ? action.startsWith(allowed.slice(0, -1)) : action === allowed;

/** A scope holds all that is below it; case does not count in ids. */
const holds = (scope: string, resource: string): boolean =>
  resource.toLowerCase() === scope.toLowerCase() || resource.toLowerCase().startsWith(`${scope.toLowerCase()}/`);

export const makeAccess = (): Access => {
  const defined = new Map<string, Role>();
  const assigned = new Map<string, Assignment>();
  const decisions = new Map<string, Decision>();
  const actionsOf = (role: string): readonly string[] =>
    defined.get(role)?.actions ?? builtInRoles[role.split('/').at(-1) ?? '']?.actions ?? [];
  const allows: Access['allows'] = (assignment, principalId, { anyOf, scope }) => {
    if (assignment.principalId !== principalId || !holds(assignment.scope, scope)) return false;
    const actions = actionsOf(assignment.role);
    return anyOf.some((all) => all.every((action) => actions.some((one) => covers(one, action))));
  };
  return {
    define: (id, title, actions) => void defined.set(id, { id, title, actions }),
    undefine: (role) => void defined.delete(role),
    isDefined: (role) => defined.has(role),
    titleOf: (role) => defined.get(role)?.title,
    roles: () => [...defined.values()],
    assign: (id, assignment) => void assigned.set(id, assignment),
    unassign: (id) => void assigned.delete(id),
    isAssigned: (id) => assigned.has(id),
    assignments: () => assigned,
    allows,
    decide(principalId, need) {
      const isAllowed = [...assigned.values()].some((one) => allows(one, principalId, need));
      const decision = { principalId, need, isAllowed };
      decisions.set(JSON.stringify(decision), decision);
      return isAllowed;
    },
    decisions: () => [...decisions.values()],
  };
};
