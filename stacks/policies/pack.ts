import { PolicyPack, type PolicyResource, type ResourceValidationPolicy, type StackValidationPolicy } from '@pulumi/policy';
import { appliesTo, environmentOf, type GraphRule, type Resource, type ResourceRule } from './rule.ts';
import { graphRules, resourceRules } from './rules.ts';

/** `urn:pulumi:<stack>::…`. */
const stackOf = (urn: string): string => urn.split(':')[2] ?? '';

const forResource = (rule: ResourceRule): ResourceValidationPolicy => ({
  name: rule.name,
  description: rule.describes,
  enforcementLevel: 'mandatory',
  validateResource: ({ type, name, urn, props, opts, provider }, report) => {
    if (!appliesTo(rule, type)) return;
    const resource: Resource = { type, name, urn, props, protect: opts.protect, provider: provider?.props };
    const says = rule.breaks(resource, environmentOf(stackOf(urn)));
    if (says !== undefined) report(says);
  },
});

const forStack = (rule: GraphRule): StackValidationPolicy => ({
  name: rule.name,
  description: rule.describes,
  enforcementLevel: 'mandatory',
  validateStack: ({ resources }, report) => {
    const graph = resources.map(seen);
    const environment = environmentOf(stackOf(graph[0]?.urn ?? ''));
    for (const { resource, says } of rule.breaks(graph, environment)) report(says, resource.urn);
  },
});

const seen = ({ type, name, urn, props, opts, provider }: PolicyResource): Resource => ({
  ...{ type, name, urn, props },
  protect: opts.protect,
  provider: provider?.props,
});

new PolicyPack('hybrid-ai-platform', { policies: [...resourceRules.map(forResource), ...graphRules.map(forStack)] });
