import { profiles } from '../../environment.ts';
import { at, type GraphRule, ofType, type Resource, type Resources, textAt, type Violation } from '../rule.ts';

/** What an account begins with, or can never have more of (AWS's service quotas). */
const most = {
  routes: 300,
  integrations: 300,
  rules: 300,
  rolePolicyBytes: 10_240,
  environmentBytes: 4096,
  patternBytes: 2048,
  concurrency: 900,
  freeAlarms: 10,
} as const;

const longestNames: { readonly [type: string]: number } = {
  'aws:lambda/function:Function': 64,
  'aws:iam/role:Role': 64,
  'aws:cloudwatch/eventRule:EventRule': 64,
  'aws:cloudwatch/eventTarget:EventTarget': 64,
  'aws:scheduler/schedule:Schedule': 64,
  'aws:sqs/queue:Queue': 80,
  'aws:s3/bucket:Bucket': 63,
  'aws:cloudwatch/eventArchive:EventArchive': 48,
};

const counted = (resources: Resources, type: string, limit: number, what: string): readonly Violation[] => {
  const found = ofType(resources, type);
  const [last] = found.slice(limit);
  return last === undefined ? [] : [{ resource: last, says: `there are ${found.length} ${what}, and AWS has room for ${limit}` }];
};

const sized = (resources: Resources, type: string, limit: number, measured: (resource: Resource) => string): readonly Violation[] =>
  ofType(resources, type).flatMap((resource) => {
    const bytes = Buffer.byteLength(measured(resource));
    return bytes > limit ? [{ resource, says: `it takes ${bytes} bytes, and AWS ${limit}` }] : [];
  });

export const ofQuotas: readonly GraphRule[] = [
  {
    name: 'counts-stay-within-quotas',
    describes: 'As many routes, integrations and rules as AWS has room for.',
    breaks: (resources) => [
      ...counted(resources, 'aws:apigatewayv2/route:Route', most.routes, 'routes'),
      ...counted(resources, 'aws:apigatewayv2/integration:Integration', most.integrations, 'integrations'),
      ...counted(resources, 'aws:cloudwatch/eventRule:EventRule', most.rules, 'rules'),
    ],
  },
  {
    name: 'sizes-stay-within-quotas',
    describes: 'Policies, environments and patterns are no larger than AWS takes.',
    breaks: (resources) => [
      // White space does not count there, and there is none.
      ...sized(resources, 'aws:iam/rolePolicy:RolePolicy', most.rolePolicyBytes, (policy) => textAt(policy, 'policy')),
      ...sized(resources, 'aws:lambda/function:Function', most.environmentBytes, (lambda) =>
        JSON.stringify(at(lambda, 'environment', 'variables') ?? {}),
      ),
      ...sized(resources, 'aws:cloudwatch/eventRule:EventRule', most.patternBytes, (rule) => textAt(rule, 'eventPattern')),
    ],
  },
  {
    name: 'names-stay-within-limits',
    describes: 'Names with the seven characters that Pulumi appends are no longer than AWS takes.',
    breaks: (resources) =>
      resources.flatMap((resource) => {
        const longest = longestNames[resource.type];
        const length = resource.name.length + '-1234567'.length;
        return longest !== undefined && length > longest
          ? [{ resource, says: `it would be called by ${length} characters, and AWS takes ${longest}` }]
          : [];
      }),
  },
  {
    name: 'concurrency-stays-within-quota',
    describes: 'What is set aside in all leaves the hundred that AWS wants free of an account’s thousand.',
    breaks: (resources) => {
      const reserving = ofType(resources, 'aws:lambda/function:Function').filter(
        (lambda) => Number(at(lambda, 'reservedConcurrentExecutions') ?? -1) > 0,
      );
      const sum = reserving.reduce((total, lambda) => total + Number(at(lambda, 'reservedConcurrentExecutions')), 0);
      const [first] = reserving;
      return first !== undefined && sum > most.concurrency
        ? [{ resource: first, says: `${sum} are set aside in all, and an account begins with ${most.concurrency} to set aside` }]
        : [];
    },
  },
  {
    name: 'alarms-stay-free',
    describes: 'Where alarms should cost nothing, there are no more than ten.',
    breaks: (resources, environment) =>
      profiles[environment].alarms === 'few' ? counted(resources, 'aws:cloudwatch/metricAlarm:MetricAlarm', most.freeAlarms, 'alarms') : [],
  },
];
