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
  readonly dimensions?: { readonly [dimension: string]: Input<string> };
  readonly aggregation: 'Total' | 'Count' | 'Average' | 'Maximum';
  readonly above: number;
  readonly windowMinutes: 5 | 15 | 60;
};

/** An alarm on lines of the logs: it is raised when there are any. */
export type LogAlarm = {
  readonly name: string;
  readonly says: string;
  readonly query: Input<string>;
  readonly everyMinutes: 5 | 15;
};

export type Watched = { readonly stores: Stores; readonly functions: Functions; readonly logs: Logs };

/**
 * What is given up is watched everywhere: the collector runs for nothing else, so that a run of it says it all, and the bus counts what it gave up
 * itself. The rest is watched over all apps at once, or each by itself where alarms may cost something (a metric that is watched does, beyond ten).
 */
export const metricAlarmsOf = ({ stores, functions, logs }: Watched, alarms: Profile['alarms']): readonly MetricAlarm[] => [
  {
    ...{ name: 'undelivered', says: 'Event Grid gave events up: see GET /v1/dead-letters', scope: stores.bus.id },
    ...{ namespace: 'Microsoft.EventGrid/topics', metric: 'DeadLetteredCount', aggregation: 'Total', above: 0, windowMinutes: 5 },
  },
  {
    ...{ name: 'dropped', says: 'Event Grid lost events that it could not even give up', scope: stores.bus.id },
    ...{ namespace: 'Microsoft.EventGrid/topics', metric: 'DroppedEventCount', aggregation: 'Total', above: 0, windowMinutes: 5 },
  },
  {
    ...{ name: 'throttled', says: 'Cosmos DB turns requests away for now', scope: stores.database.accountId },
    ...{ namespace: 'Microsoft.DocumentDB/databaseAccounts', metric: 'TotalRequests', dimensions: { StatusCode: '429' } },
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

const failing = (name: string, says: string, logs: Logs, dimensions?: MetricAlarm['dimensions']): MetricAlarm => ({
  ...{ name, says, scope: logs.componentId, namespace: 'microsoft.insights/components', metric: 'requests/failed' },
  ...(dimensions === undefined ? {} : { dimensions }),
  ...{ aggregation: 'Count', above: 4, windowMinutes: 5 },
});

/** The units of a trigger are called after it: see functions/entries/azure. */
const collected = (condition: Input<string> = ''): Output<string> =>
  interpolate`AppRequests | where Name startswith "dead-letters"${condition}`;

export const logAlarmsOf = (alarms: Profile['alarms']): readonly LogAlarm[] => [
  {
    name: 'dead-letters-came',
    says: 'Something was given up: see GET /v1/dead-letters',
    query: collected(),
    everyMinutes: alarms === 'all' ? 5 : 15,
  },
  ...(alarms === 'all'
    ? [
        {
          name: 'dead-letters-stay',
          says: 'Dead letters are not collected',
          query: collected(' and Success == false'),
          everyMinutes: 15 as const,
        },
      ]
    : []),
];
