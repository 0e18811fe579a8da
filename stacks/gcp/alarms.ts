import type { Input } from '@pulumi/pulumi';
import { interpolate } from '@pulumi/pulumi';
import type { Profile } from '../environment.ts';
import type { PlatformPlan } from '../platform.ts';
import type { Deliveries } from './deliveries.ts';
import type { PlatformFunction } from './function.ts';
import type { Functions } from './functions.ts';
import type { Site } from './site.ts';

/** An alarm on one metric: it is raised when the value over one period is above the threshold. */
export type AlarmSpecification = {
  readonly name: string;
  readonly says: string;
  /** https://cloud.google.com/monitoring/api/v3/filters */
  readonly filter: Input<string>;
  readonly aligner: 'ALIGN_DELTA' | 'ALIGN_MAX';
  readonly reducer: 'REDUCE_SUM' | 'REDUCE_MAX';
  readonly above: number;
  readonly periodSeconds: number;
};

export type Watched = {
  readonly plan: PlatformPlan;
  readonly site: Site;
  readonly functions: Functions;
  readonly edge: PlatformFunction;
  readonly deliveries: Deliveries;
};

const fiveMinutes = 300;
/** Longer than a message may wait because somebody works on it. */
const waitedTooLongSeconds = 1800;

/**
 * Dead letters are watched everywhere: the collector is called for nothing else, so that one call says it all; where it fails, they grow old in
 * their subscriptions, all of which one alarm sees. The rest is watched one by one where alarms may cost something.
 */
export const alarmsOf = (watched: Watched, alarms: Profile['alarms']): readonly AlarmSpecification[] => [
  ...ofDeadLetters(watched, alarms),
  failing('api-errors', 'Requests fail on our side', watched.edge, 4),
  ...(alarms === 'all' ? [...ofFunctions(watched), ...ofDeliveries(watched)] : []),
];

const ofDeadLetters = ({ plan, site, functions, deliveries }: Watched, alarms: Profile['alarms']): readonly AlarmSpecification[] => {
  const collector = plan.units.find(({ trigger }) => trigger === 'dead-letters')?.name ?? '';
  const came: AlarmSpecification = {
    name: 'dead-letters-came',
    says: 'Something was given up: see GET /v1/dead-letters',
    ...requests(functions[collector] as PlatformFunction, ''),
    above: 0,
  };
  const uncollected = 'Dead letters are not collected';
  return alarms === 'few'
    ? [came, ageOf('dead-letters', uncollected, `monitoring.regex.full_match("${site.prefix}-.*-dead-letters")`, 900)]
    : [
        came,
        ...deliveries.deadLetters.map(({ name, subscriptionName }) => ageOf(name, uncollected, interpolate`"${subscriptionName}"`, 900)),
      ];
};

const ofFunctions = ({ functions }: Watched): readonly AlarmSpecification[] =>
  Object.entries(functions).map(([name, made]) => failing(`${name}-errors`, `The function ${name} fails`, made, 0));

const ofDeliveries = ({ deliveries }: Watched): readonly AlarmSpecification[] =>
  [...deliveries.subscribers, ...deliveries.queues].flatMap(({ name, subscriptionNames }) =>
    subscriptionNames.map((subscription, at) =>
      ageOf(at === 0 ? name : `${name}-${at + 1}`, `Messages of ${name} wait`, interpolate`"${subscription}"`, waitedTooLongSeconds),
    ),
  );

const requests = ({ serviceName }: PlatformFunction, also: string) =>
  ({
    filter: interpolate`metric.type = "run.googleapis.com/request_count" AND resource.type = "cloud_run_revision" AND resource.labels.service_name = "${serviceName}"${also}`,
    aligner: 'ALIGN_DELTA',
    reducer: 'REDUCE_SUM',
    periodSeconds: fiveMinutes,
  }) as const;

const failing = (name: string, says: string, made: PlatformFunction, above: number): AlarmSpecification => ({
  ...{ name, says, above },
  ...requests(made, ' AND metric.labels.response_code_class = "5xx"'),
});

const ageOf = (name: string, says: string, subscription: Input<string>, above: number): AlarmSpecification => ({
  name: `${name}-age`,
  says,
  filter: interpolate`metric.type = "pubsub.googleapis.com/subscription/oldest_unacked_message_age" AND resource.type = "pubsub_subscription" AND resource.labels.subscription_id = ${subscription}`,
  aligner: 'ALIGN_MAX',
  reducer: 'REDUCE_MAX',
  above,
  periodSeconds: fiveMinutes,
});
