import { jsonStringify, type Output } from '@pulumi/pulumi';
import type { Watched } from './alarms.ts';

type Chart = { readonly title: string; readonly query: string };

/** What people look at when something is wrong: requests, what fails, how long it takes, and what was given up. As the text of a workbook. */
export const dashboardOf = ({ logs }: Watched): Output<string> =>
  jsonStringify({
    version: 'Notebook/1.0',
    items: charts.map(({ title, query }, index) => ({
      type: 3,
      name: `chart-${index}`,
      content: {
        version: 'KqlItem/1.0',
        ...{ title, query, size: 0, visualization: 'timechart', queryType: 0, resourceType: 'microsoft.insights/components' },
        timeContext: { durationMs: 86_400_000 },
        crossComponentResources: [logs.componentId],
      },
      customWidth: '50',
    })),
    fallbackResourceIds: [logs.componentId],
  });

const charts: readonly Chart[] = [
  { title: 'Requests', query: 'requests | summarize count() by bin(timestamp, 5m), cloud_RoleName' },
  { title: 'Failures', query: 'requests | where success == false | summarize count() by bin(timestamp, 5m), cloud_RoleName' },
  { title: 'Latency (99 %)', query: 'requests | summarize percentile(duration, 99) by bin(timestamp, 5m), cloud_RoleName' },
  { title: 'Exceptions', query: 'exceptions | summarize count() by bin(timestamp, 5m), type' },
  { title: 'Instances', query: 'requests | summarize dcount(cloud_RoleInstance) by bin(timestamp, 5m), cloud_RoleName' },
  { title: 'Dead letters', query: 'requests | where name startswith "dead-letters" | summarize count() by bin(timestamp, 5m), success' },
];
