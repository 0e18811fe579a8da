import { describe, expect, it } from 'vitest';
import { FirewallPolicy, makeJudge } from './firewall.ts';

const flood = {
  ...{ name: 'flood', priority: 1, ruleType: 'RateLimitRule', action: 'Block', enabledState: 'Enabled' },
  ...{ rateLimitDurationInMinutes: 1, rateLimitThreshold: 10 },
  matchConditions: [{ matchVariable: 'SocketAddr', operator: 'IPMatch', matchValue: ['0.0.0.0/0', '::/0'] }],
};
const ofUri = (priority: number) => ({
  ...{ name: 'host', priority, ruleType: 'MatchRule', action: 'Block', enabledState: 'Enabled' },
  matchConditions: [
    { matchVariable: 'RequestUri', operator: 'RegEx', transforms: ['UrlDecode', 'Lowercase'], matchValue: ['^https://[^/]+/admin(/|$)'] },
  ],
});
const policy = (rules: readonly object[], sku = 'Premium_AzureFrontDoor', mode = 'Prevention') => ({
  ...{ resourceGroupName: 'group', location: 'Global', sku: { name: sku } },
  policySettings: { enabledState: 'Enabled', mode, requestBodyCheck: 'Enabled' },
  customRules: { rules },
  managedRules: { managedRuleSets: [{ ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1', ruleSetAction: 'Block' }] },
});
const asked = (path: string, address = '192.0.2.1', at = 0) => ({ uri: `https://ai.example.com:443${path}`, address, at });

describe('the firewall of an emulated Front Door', () => {
  it('refuses rules of one priority, and managed rules without Premium', () => {
    expect(FirewallPolicy.safeParse(policy([flood, ofUri(2)])).success).toBe(true);
    expect(FirewallPolicy.safeParse(policy([flood, ofUri(1)])).success).toBe(false);
    expect(FirewallPolicy.safeParse(policy([], 'Standard_AzureFrontDoor')).success).toBe(false);
  });

  it('lets each address ask so often a minute', () => {
    const [judge, rules] = [makeJudge(), FirewallPolicy.parse(policy([flood]))];
    const statuses = Array.from({ length: 12 }, () => judge(rules, asked('/')));
    expect(statuses).toEqual([...Array(10).fill(undefined), 429, 429]);
    expect(judge(rules, asked('/', '192.0.2.2'))).toBeUndefined();
    expect(judge(rules, asked('/', '192.0.2.1', 60_000))).toBeUndefined();
  });

  it('compares what a URI is once it is decoded, and only where it prevents', () => {
    const judge = makeJudge();
    expect(judge(FirewallPolicy.parse(policy([ofUri(2)])), asked('/%41dmin/host'))).toBe(403);
    expect(judge(FirewallPolicy.parse(policy([ofUri(2)])), asked('/v1/admin'))).toBeUndefined();
    expect(judge(FirewallPolicy.parse(policy([ofUri(2)], 'Premium_AzureFrontDoor', 'Detection')), asked('/admin'))).toBeUndefined();
  });
});
