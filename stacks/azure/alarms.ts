import { type Input, interpolate, type Output } from '@pulumi/pulumi';
import type { Profile } from '../environment.ts';
import type { Functions } from './functions.ts';
import type { Logs } from './logs.ts';
import type { Stores } from './stores.ts';

/** An alarm on a metric of one resource: it is raised when what a window adds up to, or has at most or on average, is above the threshold. */
export type MetricAlarm = {
  readonly name: string;
  readonly says: string;
  readonly scope: Input<string>;
  readonly namespace: string;
  readonly metric: string;
  /** What is looked at, by dimension; `each` stands for every value by itself, so that an alert names the one it is of. */
  readonly dimensions?: { readonly [dimension: string]: Input<string> };
  readonly aggregation: 'Total' | 'Count' | 'Average' | 'Maximum';
  readonly above: number;
  readonly windowMinutes: 5 | 15 | 60;
};

/** Of a dimension: every value by itself, those that come later too. */
export const each = '*';

/** An alarm on lines of the logs: it is raised when there are more than `above`, of all or of each value of a column. */
export type LogAlarm = {
  readonly name: string;
  readonly says: string;
  readonly query: Input<string>;
  readonly by?: string;
  readonly above?: number;
  readonly everyMinutes: 5 | 15;
};

export type Watched = { readonly stores: Stores; readonly functions: Functions; readonly logs: Logs };

/**
 * What is given up is watched everywhere: the collector runs for nothing else, so that a run of it says it all, and the bus counts what it gave up
 * itself. All resources are watched at once, or each by itself where alarms may cost something (each time series of a metric does, beyond ten), as far
 * as a metric has a dimension for it (https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index): how many messages wait is told of all
 * queues together only, and once a day (https://learn.microsoft.com/azure/storage/queues/queues-storage-monitoring-scenarios).
 */
export const metricAlarmsOf = ({ stores, functions, logs }: Watched, alarms: Profile['alarms']): readonly MetricAlarm[] => [
  {
    ...{ name: 'undelivered', says: 'Event Grid gave events up: see GET /v1/dead-letters', scope: stores.bus.id },
    ...{ namespace: 'Microsoft.EventGrid/topics', metric: 'DeadLetteredCount', aggregation: 'Total', above: 0, windowMinutes: 5 },
    dimensions: split(alarms, 'EventSubscriptionName'),
  },
  {
    ...{ name: 'dropped', says: 'Event Grid lost events that it could not even give up', scope: stores.bus.id },
    ...{ namespace: 'Microsoft.EventGrid/topics', metric: 'DroppedEventCount', aggregation: 'Total', above: 0, windowMinutes: 5 },
    dimensions: split(alarms, 'EventSubscriptionName'),
  },
  {
    ...{ name: 'throttled', says: 'Cosmos DB turns requests away for now', scope: stores.database.accountId },
    ...{ namespace: 'Microsoft.DocumentDB/databaseAccounts', metric: 'TotalRequests' },
    dimensions: { StatusCode: '429', ...split(alarms, 'CollectionName') },
    ...{ aggregation: 'Count', above: 100, windowMinutes: 5 },
  },
  {
    ...{ name: 'waiting', says: 'Messages wait in queues', scope: interpolate`${stores.storage.id}/queueServices/default` },
    ...{ namespace: 'Microsoft.Storage/storageAccounts/queueServices', metric: 'QueueMessageCount' },
    ...{ aggregation: 'Average', above: 10_000, windowMinutes: 60 },
  },
  ...(alarms === 'all'
    ? Object.entries(functions).map(([app, { appName }]) =>
        failing(`${app}-failures`, `The app ${app} fails`, logs, { 'cloud/roleName': appName }),
      )
    : [failing('failures', 'Apps fail', logs)]),
];

const split = (alarms: Profile['alarms'], dimension: string): { readonly [dimension: string]: string } =>
  alarms === 'all' ? { [dimension]: each } : {};

const failing = (name: string, says: string, logs: Logs, dimensions?: MetricAlarm['dimensions']): MetricAlarm => ({
  ...{ name, says, scope: logs.componentId, namespace: 'microsoft.insights/components', metric: 'requests/failed' },
  ...(dimensions === undefined ? {} : { dimensions }),
  ...{ aggregation: 'Count', above: 4, windowMinutes: 5 },
});

/** Functions are called after their trigger and what it is of, a queue or a table: see functions/entries/azure. */
const deliveriesThatFail = 'AppRequests | where Name matches regex "^(events|work|changes)-" and Success == false';
const collected = (condition: Input<string> = ''): Output<string> =>
  interpolate`AppRequests | where Name startswith "dead-letters"${condition}`;

/** Of each queue by itself there is no metric: the calls of its function tell where what comes is not handled, and what was given up. */
export const logAlarmsOf = (alarms: Profile['alarms']): readonly LogAlarm[] => [
  {
    name: 'dead-letters-came',
    says: 'Something was given up: see GET /v1/dead-letters',
    query: collected(),
    ...(alarms === 'all' ? { by: 'Name' } : {}),
    everyMinutes: alarms === 'all' ? 5 : 15,
  },
  ...(alarms === 'all'
    ? [
        {
          name: 'dead-letters-stay',
          says: 'Dead letters are not collected',
          query: collected(' and Success == false'),
          by: 'Name',
          everyMinutes: 15 as const,
        },
        {
          name: 'deliveries-fail',
          says: 'A queue’s or a table’s function fails',
          query: deliveriesThatFail,
          by: 'Name',
          above: 4,
          everyMinutes: 15 as const,
        },
      ]
    : []),
];
