import { WebAcl, type WebAclArgs } from '@pulumi/aws/wafv2/webAcl.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { type Transform, transformed } from './component.ts';

export type FirewallArgs = {
  readonly region: string;
  readonly requestsPerSecond: number;
  readonly transform?: { readonly acl?: Transform<WebAclArgs> } | undefined;
};

/** Turns away floods, addresses of bad repute and known attacks, before anything is paid for. */
export class Firewall extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, { region, requestsPerSecond, transform }: FirewallArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Firewall', name, {}, options);
    const made: WebAclArgs = {
      region,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      rules: [
        flood(requestsPerSecond),
        managed(1, 'AWSManagedRulesAmazonIpReputationList'),
        managed(2, 'AWSManagedRulesCommonRuleSet', bodies),
      ],
      visibilityConfig: watched('firewall'),
    };
    const acl = new WebAcl(`${name}-firewall`, transformed(made, transform?.acl), { parent: this });
    this.arn = acl.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** The rules that look for text in a body, or find it too long: models and tensors are large, and their bytes look like anything. They only count. */
const bodies = ['SizeRestrictions_BODY', 'CrossSiteScripting_BODY', 'GenericLFI_BODY', 'GenericRFI_BODY', 'EC2MetaDataSSRF_BODY'];

const watched = (metricName: string) => ({ cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false });

/** WAF counts over five minutes. One address may use a part of what the API lets through, so that a flood from there leaves the rest to all others. */
const shareOfAnAddress = 0.25;

/** WAF counts no less than that. */
const leastLimit = 10;

const flood = (requestsPerSecond: number) => ({
  name: 'flood',
  priority: 0,
  action: { block: { customResponse: { responseCode: 429 } } },
  statement: {
    rateBasedStatement: { limit: Math.max(leastLimit, Math.floor(requestsPerSecond * 300 * shareOfAnAddress)), aggregateKeyType: 'IP' },
  },
  visibilityConfig: watched('flood'),
});

const managed = (priority: number, name: string, onlyCounted: readonly string[] = []) => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      name,
      vendorName: 'AWS',
      ruleActionOverrides: onlyCounted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
  visibilityConfig: watched(name),
});
