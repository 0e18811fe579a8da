import type { Input } from '@pulumi/pulumi';
import type { Profile } from '../environment.ts';
import type { PlatformPlan } from '../platform.ts';
import type { Deliveries } from './deliveries.ts';
import type { PlatformFunction } from './function.ts';
import type { Functions } from './functions.ts';

/** An alarm on one metric: it is raised when the statistic of one period is above the threshold. */
export type AlarmSpecification = {
  readonly name: string;
  readonly says: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: { readonly [dimension: string]: Input<string> };
  readonly statistic: 'Sum' | 'Maximum';
  readonly above: number;
  readonly periodSeconds: number;
};

export type Watched = {
  readonly plan: PlatformPlan;
  readonly functions: Functions;
  readonly deliveries: Deliveries;
  readonly apiId: Input<string>;
};

const fiveMinutes = 300;
/** Longer than a message may be hidden because somebody works on it. */
const waitedTooLongSeconds = 1800;

/**
 * Dead letters are watched everywhere: the collector is called for nothing else, so that one call says it all; where it fails, they grow old in
 * their queue. The rest, each function, queue and stream by itself, is only watched where alarms may cost something.
 */
export const alarmsOf = (watched: Watched, alarms: Profile['alarms']): readonly AlarmSpecification[] => [
  ...ofDeadLetters(watched),
  ofApi(watched),
  ...(alarms === 'all' ? [...ofFunctions(watched), ...ofQueues(watched), ...ofChanges(watched)] : []),
];

const ofDeadLetters = ({ plan, functions, deliveries }: Watched): readonly AlarmSpecification[] => {
  const collector = plan.units.find(({ trigger }) => trigger === 'dead-letters')?.name ?? '';
  return [
    {
      name: 'dead-letters-came',
      says: 'Something was given up: see GET /v1/dead-letters',
      ...ofFunction('Invocations', functions[collector]),
    },
    ...deliveries.deadLetters.map(({ name, queue }) => ageOf(name, 'Dead letters are not collected', queue.queueName, 900)),
  ];
};

const ofApi = ({ apiId }: Watched): AlarmSpecification => ({
  name: 'api-errors',
  says: 'Requests fail on our side',
  ...{ namespace: 'AWS/ApiGateway', metric: '5xx', dimensions: { ApiId: apiId }, statistic: 'Sum', above: 4, periodSeconds: fiveMinutes },
});

const ofFunctions = ({ functions }: Watched): readonly AlarmSpecification[] =>
  Object.entries(functions).flatMap(([name, made]) => [
    { name: `${name}-errors`, says: `The function ${name} fails`, ...ofFunction('Errors', made) },
    { name: `${name}-throttles`, says: `The function ${name} is called more often than it may run`, ...ofFunction('Throttles', made) },
  ]);

const ofQueues = ({ deliveries }: Watched): readonly AlarmSpecification[] =>
  [...deliveries.subscribers, ...deliveries.queues].map(({ name, queue }) =>
    ageOf(name, `Messages of ${name} wait`, queue.queueName, waitedTooLongSeconds),
  );

const ofChanges = ({ plan, functions }: Watched): readonly AlarmSpecification[] =>
  [...new Set(plan.tables.flatMap(({ changes }) => (changes === undefined ? [] : [changes.unit])))].map((unit) => ({
    name: `${unit}-behind`,
    says: `The changes that ${unit} reads are five minutes old`,
    ...ofFunction('IteratorAge', functions[unit]),
    statistic: 'Maximum',
    above: 300_000,
  }));

const ofFunction = (metric: string, made: PlatformFunction | undefined) =>
  ({
    namespace: 'AWS/Lambda',
    metric,
    dimensions: { FunctionName: made?.functionName ?? '' },
    statistic: 'Sum',
    above: 0,
    periodSeconds: fiveMinutes,
  }) as const;

const ageOf = (name: string, says: string, queueName: Input<string>, above: number): AlarmSpecification => ({
  name: `${name}-age`,
  says,
  namespace: 'AWS/SQS',
  metric: 'ApproximateAgeOfOldestMessage',
  dimensions: { QueueName: queueName },
  statistic: 'Maximum',
  above,
  periodSeconds: fiveMinutes,
});
