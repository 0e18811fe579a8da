import * as z from 'zod';

/** What Azure would refuse of a kind that is only recorded, and what has to be there. */
export type Told = { readonly inputs: z.ZodType; readonly refersTo?: (inputs: Given) => readonly unknown[] };
type Given = { readonly [property: string]: unknown };

const id = z.string().startsWith('/subscriptions/');
const onlyOne = <T extends z.ZodType>(one: T) => z.array(one).length(1);
const minutesOf = (period: string): number => Number(/^PT(\d+)M$/.exec(period)?.[1] ?? Number(/^PT(\d+)H$/.exec(period)?.[1]) * 60);
const isLookedAtWhole = ({ evaluationFrequency, windowSize }: { evaluationFrequency: string; windowSize: string }): boolean =>
  minutesOf(windowSize) >= minutesOf(evaluationFrequency);

/** https://learn.microsoft.com/rest/api/monitor/action-groups/create-or-update */
const ActionGroup = z.object({
  location: z.string().regex(/^global$/i),
  groupShortName: z.string().min(1).max(12),
  emailReceivers: z.array(z.object({ name: z.string().min(1), emailAddress: z.email() })),
});

/** https://learn.microsoft.com/rest/api/monitor/metric-alerts/create-or-update */
const MetricAlert = z
  .object({
    location: z.literal('global'),
    severity: z.int().min(0).max(4),
    scopes: onlyOne(id),
    evaluationFrequency: z.enum(['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H']),
    windowSize: z.enum(['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H', 'PT6H', 'PT12H', 'P1D']),
    criteria: z.object({
      odataType: z.literal('Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'),
      allOf: onlyOne(
        z.object({
          criterionType: z.literal('StaticThresholdCriterion'),
          ...{ name: z.string().min(1), metricNamespace: z.string().min(1), metricName: z.string().min(1), threshold: z.number() },
          operator: z.enum(['Equals', 'GreaterThan', 'GreaterThanOrEqual', 'LessThan', 'LessThanOrEqual']),
          timeAggregation: z.enum(['Average', 'Count', 'Maximum', 'Minimum', 'Total']),
          dimensions: z.array(
            z.object({ name: z.string().min(1), operator: z.enum(['Include', 'Exclude']), values: z.array(z.string()).min(1) }),
          ),
        }),
      ),
    }),
    actions: z.array(z.object({ actionGroupId: id })).max(5),
  })
  .refine(isLookedAtWhole, 'windowSize is shorter than evaluationFrequency');

/** https://learn.microsoft.com/rest/api/monitor/scheduled-query-rules/create-or-update */
const periods = ['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT45M', 'PT1H', 'PT2H', 'PT3H', 'PT4H', 'PT5H', 'PT6H', 'P1D'] as const;
const ScheduledQueryRule = z
  .object({
    kind: z.literal('LogAlert'),
    severity: z.int().min(0).max(4),
    scopes: onlyOne(id),
    evaluationFrequency: z.enum(['PT1M', ...periods]),
    windowSize: z.enum(['PT1M', ...periods, 'P2D']),
    criteria: z.object({
      allOf: onlyOne(
        z.object({
          query: z.string().min(1),
          ...{ operator: z.enum(['Equals', 'GreaterThan', 'GreaterThanOrEqual', 'LessThan', 'LessThanOrEqual']), threshold: z.number() },
          timeAggregation: z.enum(['Average', 'Count', 'Maximum', 'Minimum', 'Total']),
          dimensions: z
            .array(z.object({ name: z.string(), operator: z.enum(['Include', 'Exclude']), values: z.array(z.string()).min(1) }))
            .optional(),
        }),
      ),
    }),
    actions: z.object({ actionGroups: z.array(id).max(5) }),
  })
  .refine(isLookedAtWhole, 'windowSize is shorter than evaluationFrequency');

/** https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update: a budget begins on the first of a month. */
const Notification = z.object({
  enabled: z.boolean(),
  operator: z.enum(['EqualTo', 'GreaterThan', 'GreaterThanOrEqualTo']),
  threshold: z.number().min(0).max(1000),
  contactEmails: z.array(z.email()).min(1).max(50),
});
const Budget = z.object({
  scope: id,
  category: z.literal('Cost'),
  amount: z.number().positive(),
  timeGrain: z.enum(['Monthly', 'Quarterly', 'Annually']),
  timePeriod: z.object({ startDate: z.string().regex(/^\d{4}-\d\d-01T00:00:00Z$/) }),
  notifications: z.record(z.string(), Notification).refine((all) => Object.keys(all).length <= 5, 'five notifications at most'),
});

/** https://learn.microsoft.com/rest/api/application-insights/workbooks/create-or-update */
const Workbook = z.object({
  resourceName: z.guid(),
  ...{ displayName: z.string().min(1), category: z.string().min(1), kind: z.literal('shared'), sourceId: id },
  serializedData: z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(z.object({ version: z.literal('Notebook/1.0'), items: z.array(z.object({ type: z.int(), content: z.looseObject({}) })).min(1) })),
});

/** By what is recorded as `azure-native:<type>`. */
export const told: { readonly [type: string]: Told } = {
  'azure-native:monitor:ActionGroup': { inputs: ActionGroup },
  'azure-native:monitor:MetricAlert': {
    inputs: MetricAlert,
    refersTo: ({ actions }) => (actions as z.output<typeof MetricAlert>['actions']).map(({ actionGroupId }) => actionGroupId),
  },
  'azure-native:monitor:ScheduledQueryRule': {
    inputs: ScheduledQueryRule,
    refersTo: ({ scopes, actions }) => [
      ...(scopes as readonly string[]),
      ...(actions as z.output<typeof ScheduledQueryRule>['actions']).actionGroups,
    ],
  },
  'azure-native:consumption:Budget': { inputs: Budget },
  'azure-native:applicationinsights:Workbook': { inputs: Workbook, refersTo: ({ sourceId }) => [sourceId] },
  'azure-native:applicationinsights:Component': {
    inputs: z.object({ applicationType: z.enum(['web', 'other']), kind: z.string(), workspaceResourceId: id }),
    refersTo: ({ workspaceResourceId }) => [workspaceResourceId],
  },
};

/**
 * https://learn.microsoft.com/rest/api/cost-management/exports/create-or-update: FOCUS and Parquet are there since 2025-03-01. Its storage account is
 * named by its id, and it writes as itself.
 */
export const FocusExport = z.object({
  type: z.literal('Microsoft.CostManagement/exports'),
  apiVersion: z.literal('2025-03-01'),
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{2,63}$/),
  ...{ location: z.string().min(1), identity: z.object({ type: z.literal('SystemAssigned') }) },
  properties: z.object({
    ...{ format: z.enum(['Csv', 'Parquet']), compressionMode: z.enum(['none', 'gzip', 'snappy']), partitionData: z.literal(true) },
    dataOverwriteBehavior: z.enum(['OverwritePreviousReport', 'CreateNewReport']),
    schedule: z.object({
      status: z.enum(['Active', 'Inactive']),
      recurrence: z.enum(['Daily', 'Weekly', 'Monthly', 'Annually']),
      recurrencePeriod: z.object({ from: z.string().min(1), to: z.iso.datetime() }),
    }),
    definition: z.object({
      type: z.literal('FocusCost'),
      timeframe: z.enum(['MonthToDate', 'TheLastMonth', 'BillingMonthToDate', 'TheLastBillingMonth', 'WeekToDate', 'Custom']),
      dataSet: z.object({
        granularity: z.literal('Daily'),
        configuration: z.object({ dataVersion: z.enum(['1.0', '1.0r2', '1.2-preview']) }),
      }),
    }),
    deliveryInfo: z.object({
      destination: z.object({
        type: z.literal('AzureBlob'),
        resourceId: id,
        container: z.string().regex(/^[a-z0-9](-?[a-z0-9]){2,62}$/),
        rootFolderPath: z.string().min(1),
      }),
    }),
  }),
});
