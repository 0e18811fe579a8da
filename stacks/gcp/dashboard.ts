import type { Output } from '@pulumi/pulumi';
import { jsonStringify } from '@pulumi/pulumi';
import type { Site } from './site.ts';

/** What people look at when something is wrong: requests, functions, what waits, what was given up, and the tables. */
export const dashboardOf = (site: Site): Output<string> => {
  const services = `resource.type = "cloud_run_revision" AND resource.labels.service_name = monitoring.regex.full_match("${site.prefix}-.*")`;
  const subscriptions = `resource.type = "pubsub_subscription" AND resource.labels.subscription_id = monitoring.regex.full_match("${site.prefix}-.*")`;
  const databases = 'resource.type = "firestore.googleapis.com/Database"';
  const run = (metric: string) => `metric.type = "run.googleapis.com/${metric}" AND ${services}`;
  const charts = [
    chart('Requests by function', run('request_count'), 'ALIGN_RATE', 'REDUCE_SUM', 'resource.labels.service_name'),
    chart('Answers by kind', run('request_count'), 'ALIGN_RATE', 'REDUCE_SUM', 'metric.labels.response_code_class'),
    chart('Latency (99 %)', run('request_latencies'), 'ALIGN_PERCENTILE_99', 'REDUCE_MAX', 'resource.labels.service_name'),
    chart('Instances', run('container/instance_count'), 'ALIGN_MAX', 'REDUCE_SUM', 'resource.labels.service_name'),
    chart(
      'Memory in use (99 %)',
      run('container/memory/utilizations'),
      'ALIGN_PERCENTILE_99',
      'REDUCE_MAX',
      'resource.labels.service_name',
    ),
    chart(
      'Oldest waiting message',
      `metric.type = "pubsub.googleapis.com/subscription/oldest_unacked_message_age" AND ${subscriptions}`,
      'ALIGN_MAX',
      'REDUCE_MAX',
      'resource.labels.subscription_id',
    ),
    chart(
      'Given up',
      `metric.type = "pubsub.googleapis.com/subscription/dead_letter_message_count" AND ${subscriptions}`,
      'ALIGN_DELTA',
      'REDUCE_SUM',
      'resource.labels.subscription_id',
    ),
    chart(
      'Written to tables',
      `metric.type = "firestore.googleapis.com/document/write_ops_count" AND ${databases}`,
      'ALIGN_RATE',
      'REDUCE_SUM',
      'resource.labels.database_id',
    ),
    chart(
      'Read from tables',
      `metric.type = "firestore.googleapis.com/document/read_ops_count" AND ${databases}`,
      'ALIGN_RATE',
      'REDUCE_SUM',
      'resource.labels.database_id',
    ),
  ];
  const tiles = charts.map((widget, at) => ({ widget, ...placed(at) }));
  return jsonStringify({ displayName: `${site.prefix} platform`, mosaicLayout: { columns: 48, tiles } });
};

const chart = (title: string, filter: string, perSeriesAligner: string, crossSeriesReducer: string, by: string) => ({
  title,
  xyChart: {
    dataSets: [
      {
        timeSeriesQuery: {
          timeSeriesFilter: { filter, aggregation: { alignmentPeriod: '300s', perSeriesAligner, crossSeriesReducer, groupByFields: [by] } },
        },
        plotType: 'LINE',
      },
    ],
  },
});

/** Two in a row, on the 48 columns that a dashboard has. */
const placed = (at: number) => ({ width: 24, height: 16, xPos: (at % 2) * 24, yPos: Math.floor(at / 2) * 16 });
