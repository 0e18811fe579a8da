import { describe, expect, it } from 'vitest';
import { appliesTo, environmentOf } from '../stacks/policies/rule.ts';
import { graphRules, resourceRules } from '../stacks/policies/rules.ts';
import { cases, graphFor, policed } from './graphs.ts';

describe.each(cases)('$stack with topology $topology', ({ stack, topology }) => {
  it.each(resourceRules)('$name: $describes', async (rule) => {
    const resources = policed(await graphFor(stack, topology)).filter(({ type }) => appliesTo(rule, type));
    const broken = resources.flatMap((resource) => {
      const says = rule.breaks(resource, environmentOf(stack));
      return says === undefined ? [] : [`${resource.name}: ${says}`];
    });
    expect(broken).toEqual([]);
  });

  it.each(graphRules)('$name: $describes', async (rule) => {
    const violations = rule.breaks(policed(await graphFor(stack, topology)), environmentOf(stack));
    expect(violations.map(({ resource, says }) => `${resource.name}: ${says}`)).toEqual([]);
  });
});
