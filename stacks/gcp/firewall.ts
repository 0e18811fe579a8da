import { SecurityPolicy, type SecurityPolicyArgs } from '@pulumi/gcp/compute/securityPolicy.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { type Transform, transformed } from '../component.ts';

export type FirewallArgs = {
  readonly requestsPerSecond: number;
  readonly transform?: { readonly policy?: Transform<SecurityPolicyArgs> } | undefined;
};

/** Turns away floods, scanners and attacks on protocols, before anything is paid for. */
export class Firewall extends ComponentResource {
  readonly id: Output<string>;

  constructor(name: string, { requestsPerSecond, transform }: FirewallArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Firewall', name, {}, options);
    const made: SecurityPolicyArgs = {
      type: 'CLOUD_ARMOR',
      rules: [
        ...attacks.map((set, at) => ({
          ...{ action: 'deny(403)', priority: 100 + at, description: set },
          match: { expr: { expression: `evaluatePreconfiguredWaf('${set}', {'sensitivity': 1})` } },
        })),
        flood(requestsPerSecond),
        // Cloud Armor wants the last word said: what no rule turned away comes in.
        { ...everyone, action: 'allow', priority: 2_147_483_647, description: 'The rest' },
      ],
    };
    const policy = new SecurityPolicy(`${name}-firewall`, transformed(made, transform?.policy), { parent: this });
    this.id = policy.id;
    this.registerOutputs({ id: this.id });
  }
}

/** None of those that look for text in a body: models and tensors are large, and their bytes look like anything. */
const attacks = ['scannerdetection-v33-stable', 'protocolattack-v33-stable', 'sessionfixation-v33-stable'];

const everyone = { match: { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } } };

/** One address may use a part of what the platform lets through, so that a flood from there leaves the rest to all others. */
const shareOfAnAddress = 0.25;

const flood = (requestsPerSecond: number) => ({
  ...everyone,
  action: 'throttle',
  priority: 1000,
  description: 'Floods',
  rateLimitOptions: {
    conformAction: 'allow',
    exceedAction: 'deny(429)',
    enforceOnKey: 'IP',
    rateLimitThreshold: { count: Math.max(10, Math.floor(requestsPerSecond * 60 * shareOfAnAddress)), intervalSec: 60 },
  },
});
