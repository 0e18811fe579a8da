import { Policy, type PolicyArgs } from '@pulumi/azure-native/frontdoor/policy.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import { type Home, tagsOf } from './component.ts';

export type FirewallArgs = {
  readonly home: Home;
  readonly requestsPerSecond: number;
  readonly transform?: TransformEach<{ policy: PolicyArgs }> | undefined;
};

/** Turns away floods, bots of bad repute and known attacks, before anything is paid for. */
export class Firewall extends ComponentResource {
  readonly id: Output<string>;

  constructor(name: string, { home, requestsPerSecond, transform }: FirewallArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Firewall', name, {}, options);
    const made: PolicyArgs = {
      resourceGroupName: home.resourceGroupName,
      location: 'Global',
      // Only Premium has rules of Microsoft's own.
      sku: { name: 'Premium_AzureFrontDoor' },
      policySettings: { enabledState: 'Enabled', mode: 'Prevention', requestBodyCheck: 'Enabled' },
      customRules: { rules: [flood(requestsPerSecond), ofTheHost] },
      managedRules: {
        managedRuleSets: [
          {
            ruleSetType: 'Microsoft_DefaultRuleSet',
            ruleSetVersion: '2.1',
            ruleSetAction: 'Block',
            exclusions: [],
            ruleGroupOverrides: onlyCounted,
          },
          { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1', ruleSetAction: 'Block', exclusions: [] },
        ],
      },
      tags: tagsOf(home, 'platform'),
    };
    // The name of a policy has neither dashes nor anything else between its letters.
    this.id = new Policy(`${name}firewall`, transformed(made, transform?.policy), { parent: this }).id;
    this.registerOutputs({ id: this.id });
  }
}

/** Counted over a minute. One address may use all that the platform is meant for, and no more. */
const flood = (requestsPerSecond: number) => ({
  name: 'flood',
  priority: 1,
  ruleType: 'RateLimitRule',
  action: 'Block',
  enabledState: 'Enabled',
  rateLimitDurationInMinutes: 1,
  rateLimitThreshold: requestsPerSecond * 60,
  matchConditions: [{ matchVariable: 'SocketAddr', operator: 'IPMatch', matchValue: ['0.0.0.0/0', '::/0'] }],
});

/**
 * What the host of Azure Functions answers itself, to whoever has an app's master key: nobody has to come that way. What is compared is the whole URI,
 * with scheme and host (https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-custom-rules).
 */
const ofTheHost = {
  name: 'host',
  priority: 2,
  ruleType: 'MatchRule',
  action: 'Block',
  enabledState: 'Enabled',
  matchConditions: [
    {
      matchVariable: 'RequestUri',
      operator: 'RegEx',
      transforms: ['UrlDecode', 'Lowercase'],
      matchValue: [String.raw`^(https?://[^/]+)?/[./\\]*(admin|runtime)([/\\?]|$)`],
    },
  ],
};

/** Rules that look for text in a body: models and tensors are large, and their bytes look like anything. They only write a line. */
const onlyCounted = [
  { ruleGroupName: 'XSS', rules: rulesIn(['941100', '941110', '941130', '941160', '941320', '941340']) },
  { ruleGroupName: 'SQLI', rules: rulesIn(['942100', '942200', '942260', '942340', '942370', '942430', '942440']) },
  { ruleGroupName: 'LFI', rules: rulesIn(['930100', '930110']) },
];

function rulesIn(ids: readonly string[]) {
  return ids.map((ruleId) => ({ ruleId, enabledState: 'Enabled', action: 'Log' }));
}
