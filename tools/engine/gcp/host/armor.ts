import * as z from 'zod';

const Everyone = z.object({ versionedExpr: z.literal('SRC_IPS_V1'), config: z.object({ srcIpRanges: z.tuple([z.literal('*')]) }) });
/** Sets of rules that Google maintains (https://cloud.google.com/armor/docs/waf-rules). */
const wafSets = [
  ...['sqli', 'xss', 'lfi', 'rfi', 'rce', 'methodenforcement', 'scannerdetection', 'protocolattack', 'php', 'sessionfixation'],
  ...['java', 'nodejs'],
];
const Waf = z.object({
  expr: z.object({
    expression: z
      .string()
      .regex(new RegExp(`^evaluatePreconfiguredWaf\\('(${wafSets.join('|')})-v33-(stable|canary)', \\{'sensitivity': [0-4]\\}\\)$`)),
  }),
});
const deny = z.enum(['deny(403)', 'deny(404)', 'deny(429)', 'deny(502)']);
/** https://cloud.google.com/armor/docs/rate-limiting-overview */
const RateLimit = z.object({
  conformAction: z.literal('allow'),
  exceedAction: deny,
  enforceOnKey: z.literal('IP'),
  rateLimitThreshold: z.object({
    count: z.int().min(1).max(1_000_000),
    intervalSec: z.union([10, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600].map((seconds) => z.literal(seconds))),
  }),
});
const Rule = z
  .object({
    action: z.union([z.enum(['allow', 'throttle']), deny]),
    priority: z.int().min(0).max(2_147_483_647),
    match: z.union([Everyone, Waf]),
    rateLimitOptions: RateLimit.optional(),
  })
  .refine(
    ({ action, rateLimitOptions }) => (action === 'throttle') === (rateLimitOptions !== undefined),
    'rateLimitOptions go with throttle',
  );
const isLast = ({ priority, match }: z.output<typeof Rule>): boolean => priority === 2_147_483_647 && 'versionedExpr' in match;

/** A policy of Cloud Armor: rules have different priorities, and the last one is for everybody. */
export const Policy = z.object({
  name: z.string().regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/),
  type: z.literal('CLOUD_ARMOR'),
  rules: z
    .array(Rule)
    .refine((rules) => new Set(rules.map(({ priority }) => priority)).size === rules.length, 'rules of the same priority')
    .refine((rules) => rules.some(isLast), 'no default rule of priority 2147483647'),
});
export type Policy = z.output<typeof Policy>;

/** The status with which a policy turns a request away; nothing where it comes in. Which requests are attacks only Google knows: here none is. */
export type Judge = (policy: Policy, address: string, now: number) => number | undefined;

export const makeJudge = (): Judge => {
  /** Since when, and how many, by rule, its limit and address: another limit counts anew. */
  const counted = new Map<string, { readonly since: number; count: number }>();
  const isFlood = (key: string, { count: most, intervalSec }: z.output<typeof RateLimit>['rateLimitThreshold'], now: number): boolean => {
    const before = counted.get(key);
    const window = before !== undefined && now < before.since + intervalSec * 1000 ? before : { since: now, count: 0 };
    window.count += 1;
    counted.set(key, window);
    return window.count > most;
  };
  const statusOf = (action: string): number | undefined => (action === 'allow' ? undefined : Number(/\d+/.exec(action)?.[0]));
  return ({ name, rules }, address, now) => {
    const rule = rules.filter(({ match }) => 'versionedExpr' in match).toSorted((a, b) => a.priority - b.priority)[0];
    if (rule?.rateLimitOptions === undefined) return statusOf(rule?.action ?? 'allow');
    const { rateLimitThreshold, conformAction, exceedAction } = rule.rateLimitOptions;
    return statusOf(
      isFlood(JSON.stringify([name, rule.priority, rateLimitThreshold, address]), rateLimitThreshold, now) ? exceedAction : conformAction,
    );
  };
};
