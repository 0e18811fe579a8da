import { type Input, jsonStringify, type Output } from '@pulumi/pulumi';
import type { Watched } from './alarms.ts';
import type { Table } from './table.ts';

type Metric = readonly Input<string>[];

/** What people look at when something is wrong: requests, functions, what waits, what was given up, and the tables. */
export const dashboardOf = (
  region: string,
  { functions, deliveries, apiId }: Watched,
  tables: { readonly [name: string]: Table },
): Output<string> => {
  const ofFunctions = (metric: string): readonly Metric[] =>
    Object.values(functions).map(({ functionName }) => ['AWS/Lambda', metric, 'FunctionName', functionName]);
  const ages = (queues: readonly { readonly queue: { readonly queueName: Input<string> } }[]): readonly Metric[] =>
    queues.map(({ queue }) => ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName', queue.queueName]);
  const ofTables = (metric: string): readonly Metric[] =>
    Object.values(tables).map(({ tableName }) => ['AWS/DynamoDB', metric, 'TableName', tableName]);
  const ofApi = (...metrics: readonly string[]): readonly Metric[] => metrics.map((metric) => ['AWS/ApiGateway', metric, 'ApiId', apiId]);
  const charts = [
    chart(region, 'Requests and errors', 'Sum', ofApi('Count', '4xx', '5xx')),
    chart(region, 'Latency of requests', 'p99', ofApi('Latency', 'IntegrationLatency')),
    chart(region, 'Errors of functions', 'Sum', ofFunctions('Errors')),
    chart(region, 'Throttled functions', 'Sum', ofFunctions('Throttles')),
    chart(region, 'Duration of functions', 'p99', ofFunctions('Duration')),
    chart(region, 'Functions at a time', 'Maximum', ofFunctions('ConcurrentExecutions')),
    chart(region, 'Oldest waiting message', 'Maximum', ages([...deliveries.subscribers, ...deliveries.queues])),
    chart(region, 'Oldest dead letter that waits', 'Maximum', ages(deliveries.deadLetters)),
    chart(region, 'Age of changes', 'Maximum', ofFunctions('IteratorAge')),
    chart(region, 'Written to tables', 'Sum', ofTables('ConsumedWriteCapacityUnits')),
    chart(region, 'Read from tables', 'Sum', ofTables('ConsumedReadCapacityUnits')),
  ];
  return jsonStringify({ widgets: charts.map((widget, index) => ({ ...widget, ...placed(index) })) });
};

const chart = (region: string, title: string, stat: string, metrics: readonly Metric[]) => ({
  type: 'metric',
  properties: { title, region, stat, metrics, period: 300, view: 'timeSeries' },
});

/** Two in a row, on the 24 columns that a dashboard has. */
const placed = (index: number) => ({ width: 12, height: 6, x: (index % 2) * 12, y: Math.floor(index / 2) * 6 });
