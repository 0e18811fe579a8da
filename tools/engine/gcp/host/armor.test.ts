import { describe, expect, it } from 'vitest';
import { makeJudge, Policy } from './armor.ts';

const everyone = { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } };
const throttle = {
  action: 'throttle',
  priority: 1000,
  match: everyone,
  rateLimitOptions: {
    conformAction: 'allow',
    exceedAction: 'deny(429)',
    enforceOnKey: 'IP',
    rateLimitThreshold: { count: 2, intervalSec: 60 },
  },
};
const rest = { action: 'allow', priority: 2_147_483_647, match: everyone };
const policy = (...rules: readonly object[]) => ({ name: 'firewall', type: 'CLOUD_ARMOR', rules });

describe('a policy of Cloud Armor', () => {
  it('lets one address have what its rule says in each interval', () => {
    const [judge, floods] = [makeJudge(), Policy.parse(policy(throttle, rest))];
    const asked = [0, 1, 2, 59_999, 60_000].map((now) => judge(floods, '198.51.100.1', now));
    expect(asked).toEqual([undefined, undefined, 429, 429, undefined]);
    expect(judge(floods, '198.51.100.2', 2)).toBeUndefined();
  });

  it('turns away whom its first rule denies, and nobody whom only sets of Google’s might', () => {
    const waf = { expr: { expression: "evaluatePreconfiguredWaf('scannerdetection-v33-stable', {'sensitivity': 1})" } };
    const denied = Policy.parse(policy({ action: 'deny(403)', priority: 1, match: everyone }, rest));
    const attacks = Policy.parse(policy({ action: 'deny(403)', priority: 1, match: waf }, rest));
    expect([denied, attacks].map((one) => makeJudge()(one, '198.51.100.1', 0))).toEqual([403, undefined]);
  });

  it('is refused as Google refuses it', () => {
    const unknown = { expr: { expression: "evaluatePreconfiguredWaf('nosuch-v33-stable', {'sensitivity': 1})" } };
    const wrong = [
      policy(throttle),
      policy(rest, { ...throttle, priority: rest.priority }),
      policy(rest, { ...throttle, rateLimitOptions: undefined }),
      policy(rest, { action: 'deny(403)', priority: 1, match: unknown }),
    ];
    expect(wrong.map((one) => Policy.safeParse(one).success)).toEqual(wrong.map(() => false));
  });
});
