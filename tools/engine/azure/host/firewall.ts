import * as z from 'zod';
import { Place } from '../resource.ts';

const named = { name: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]*$/), priority: z.int().min(0), enabledState: z.enum(['Enabled', 'Disabled']) };

/** Everybody, by the address that the connection came from. */
const Everybody = z.object({
  matchVariable: z.literal('SocketAddr'),
  operator: z.literal('IPMatch'),
  matchValue: z.tuple([z.literal('0.0.0.0/0'), z.literal('::/0')]),
});
const OfUri = z.object({
  matchVariable: z.literal('RequestUri'),
  operator: z.literal('RegEx'),
  transforms: z.array(z.enum(['UrlDecode', 'Lowercase'])),
  matchValue: z.array(z.string().max(256)).min(1).max(10),
});
const Flood = z.object({
  ...{ ...named, ruleType: z.literal('RateLimitRule'), action: z.literal('Block') },
  rateLimitDurationInMinutes: z.union([z.literal(1), z.literal(5)]),
  rateLimitThreshold: z.int().min(10).max(5_000_000),
  matchConditions: z.tuple([Everybody]),
});
const Match = z.object({
  ...{ ...named, ruleType: z.literal('MatchRule'), action: z.enum(['Allow', 'Block', 'Log']) },
  matchConditions: z.tuple([OfUri]),
});

const Override = z.looseObject({ ruleGroupName: z.string(), rules: z.array(z.looseObject({ ruleId: z.string().regex(/^\d{6}$/) })) });
const RuleSet = z.looseObject({
  ruleSetType: z.enum(['Microsoft_DefaultRuleSet', 'Microsoft_BotManagerRuleSet']),
  ruleSetVersion: z.enum(['1.0', '1.1', '2.1']),
  ruleSetAction: z.enum(['Block', 'Log', 'Redirect']),
  ruleGroupOverrides: z.array(Override).optional(),
});

/**
 * A policy as Azure takes it (https://learn.microsoft.com/rest/api/frontdoorservice/webapplicationfirewall/policies): rules of Microsoft's own need Premium,
 * and no two rules of the stack's have a name or a priority in common. What the platform does not use is refused.
 */
export const FirewallPolicy = Place.extend({
  location: z.literal('Global'),
  sku: z.looseObject({ name: z.enum(['Standard_AzureFrontDoor', 'Premium_AzureFrontDoor']) }),
  policySettings: z.looseObject({
    enabledState: z.enum(['Enabled', 'Disabled']),
    mode: z.enum(['Prevention', 'Detection']),
    requestBodyCheck: z.enum(['Enabled', 'Disabled']),
  }),
  customRules: z.object({
    rules: z
      .array(z.discriminatedUnion('ruleType', [Flood, Match]))
      .max(100)
      .refine((rules) => new Set(rules.map(({ priority }) => priority)).size === rules.length, 'rules of the same priority')
      .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, 'rules of the same name'),
  }),
  managedRules: z.object({ managedRuleSets: z.array(RuleSet) }),
}).refine(
  ({ sku, managedRules }) => sku.name === 'Premium_AzureFrontDoor' || managedRules.managedRuleSets.length === 0,
  'only Premium has managed rules',
);
export type FirewallPolicy = z.output<typeof FirewallPolicy>;
type Rule = FirewallPolicy['customRules']['rules'][number];

export type Asked = { readonly uri: string; readonly address: string; readonly at: number };
/** The status with which a request is turned away; nothing where it comes in. Which requests are attacks Microsoft's rules know: here none is. */
export type Judge = (policy: FirewallPolicy, asked: Asked) => number | undefined;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
const transformed = (uri: string, transforms: readonly string[]): string =>
  transforms.reduce((text, transform) => (transform === 'Lowercase' ? text.toLowerCase() : decoded(text)), uri);

/** Rules are tried by priority, the smallest first; floods are counted in windows that begin at whole minutes. */
export const makeJudge = (): Judge => {
  const counted = new Map<string, number>();
  const isFlood = ({ name, rateLimitDurationInMinutes, rateLimitThreshold }: z.output<typeof Flood>, { address, at }: Asked): boolean => {
    const window = Math.floor(at / (rateLimitDurationInMinutes * 60_000));
    const key = JSON.stringify([name, rateLimitThreshold, address, window]);
    counted.set(key, (counted.get(key) ?? 0) + 1);
    return (counted.get(key) ?? 0) > rateLimitThreshold;
  };
  const statusBy = (rule: Rule, asked: Asked): number | undefined => {
    if (rule.ruleType === 'RateLimitRule') return isFlood(rule, asked) ? 429 : undefined;
    const [{ matchValue, transforms }] = rule.matchConditions;
    const uri = transformed(asked.uri, transforms);
    return rule.action === 'Block' && matchValue.some((one) => new RegExp(one).test(uri)) ? 403 : undefined;
  };
  return ({ policySettings, customRules }, asked) => {
    if (policySettings.enabledState === 'Disabled' || policySettings.mode === 'Detection') return undefined;
    const rules = customRules.rules
      .filter((rule) => rule.enabledState === 'Enabled')
      .toSorted((one, other) => one.priority - other.priority);
    for (const rule of rules) {
      const status = statusBy(rule, asked);
      if (status !== undefined) return status;
    }
    return undefined;
  };
};
