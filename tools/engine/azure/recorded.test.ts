import { describe, expect, it } from 'vitest';
import type { Records } from '../provider/records.ts';
import type { Properties } from '../provider/values.ts';
import { recorded } from './recorded.ts';

const of = { resourceGroupName: 'hybrid-azure-dev' };
const workspace = '/subscriptions/s/resourceGroups/hybrid-azure-dev/providers/Microsoft.OperationalInsights/workspaces/logs';

const alert = (actionGroupId: string, more: Properties = {}): Properties => ({
  ...{ ...of, location: 'global', severity: 2, scopes: [workspace], evaluationFrequency: 'PT5M', windowSize: 'PT15M' },
  criteria: {
    odataType: 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
    allOf: [
      {
        ...{ criterionType: 'StaticThresholdCriterion', name: 'above', metricNamespace: 'n', metricName: 'm', operator: 'GreaterThan' },
        ...{ threshold: 1, timeAggregation: 'Total', dimensions: [] },
      },
    ],
  },
  actions: [{ actionGroupId }],
  ...more,
});
const budget = (startDate: string): Properties => ({
  ...{ scope: '/subscriptions/s', category: 'Cost', amount: 10, timeGrain: 'Monthly', timePeriod: { startDate } },
  notifications: { reached: { enabled: true, operator: 'GreaterThan', threshold: 100, contactEmails: ['operator@example.com'] } },
});

describe('what is only recorded', () => {
  const records: Records = new Map();
  const create = (type: string, inputs: Properties) =>
    recorded(`azure-native:${type}`, records).create(inputs, { urn: 'urn:pulumi:one::one::one::one', folder: '.' });

  it('is refused where Azure would not take it, and where what it names is not there', async () => {
    const group = { ...of, location: 'Global', emailReceivers: [{ name: 'operators', emailAddress: 'operator@example.com' }] };
    await expect(create('monitor:ActionGroup', { ...group, groupShortName: 'longer-than-twelve' })).rejects.toThrow('400');
    const { id } = await create('monitor:ActionGroup', { ...group, groupShortName: 'hybrid' });
    await expect(create('monitor:MetricAlert', alert(`${id}-of-nobody`))).rejects.toThrow('404');
    await expect(create('monitor:MetricAlert', alert(id, { windowSize: 'PT1M' }))).rejects.toThrow('windowSize is shorter');
    await expect(create('monitor:MetricAlert', alert(id, { evaluationFrequency: 'PT7M' }))).rejects.toThrow('400');
    await create('monitor:MetricAlert', alert(id));
    await expect(create('consumption:Budget', budget('2026-11-26T00:00:00Z'))).rejects.toThrow('timePeriod.startDate');
    await create('consumption:Budget', budget('2026-11-01T00:00:00Z'));
    expect([...records.values()].map(({ type }) => type.split(':').at(-1))).toEqual(['ActionGroup', 'MetricAlert', 'Budget']);
  });
});
