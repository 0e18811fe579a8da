import { appliesTo, environmentOf } from '../stacks/policies/rule.ts';
import { graphRules, resourceRules } from '../stacks/policies/rules.ts';
import type { Graph } from './graph.ts';
import { policed } from './graphs.ts';

const keyOf = ({ type, name, parent }: Graph[number]): string => `${type} ${name} ${parent}`;

/** What the second graph has, and the first has not. */
export const added = (before: Graph, after: Graph): Graph => {
  const known = new Set(before.map(keyOf));
  return after.filter((resource) => !known.has(keyOf(resource)));
};

/** The names of what both graphs have and the second has otherwise. */
export const changed = (before: Graph, after: Graph): readonly string[] => {
  const inputs = new Map(before.map((resource) => [keyOf(resource), JSON.stringify(resource.inputs)]));
  return after
    .filter((resource) => resource.custom && inputs.has(keyOf(resource)) && inputs.get(keyOf(resource)) !== JSON.stringify(resource.inputs))
    .map(({ name }) => name);
};

/** What of a stack's graph breaks a rule. */
export const broken = (graph: Graph, stack: string): readonly string[] => {
  const resources = policed(graph);
  const environment = environmentOf(stack);
  const alone = resourceRules.flatMap((rule) =>
    resources
      .filter((resource) => appliesTo(rule, resource.type) && rule.breaks(resource, environment) !== undefined)
      .map(({ name }) => `${rule.name}: ${name}`),
  );
  const together = graphRules.flatMap((rule) =>
    rule.breaks(resources, environment).map(({ resource, says }) => `${resource.name}: ${says}`),
  );
  return [...alone, ...together];
};
