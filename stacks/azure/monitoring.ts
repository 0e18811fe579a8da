import { Workbook, type WorkbookArgs } from '@pulumi/azure-native/applicationinsights/workbook.js';
import { Budget, type BudgetArgs } from '@pulumi/azure-native/consumption/budget.js';
import { ActionGroup, type ActionGroupArgs } from '@pulumi/azure-native/monitor/actionGroup.js';
import { MetricAlert, type MetricAlertArgs } from '@pulumi/azure-native/monitor/metricAlert.js';
import { ScheduledQueryRule, type ScheduledQueryRuleArgs } from '@pulumi/azure-native/monitor/scheduledQueryRule.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import { each, type LogAlarm, type MetricAlarm } from './alarms.ts';
import { type Home, placed, tagsOf } from './component.ts';
import { uuidOf } from './names.ts';

export type MonitoringArgs = {
  readonly home: Home;
  readonly stack: string;
  readonly resourceGroupId: Input<string>;
  readonly workspaceId: Input<string>;
  readonly componentId: Input<string>;
  readonly metricAlarms: readonly MetricAlarm[];
  readonly logAlarms: readonly LogAlarm[];
  readonly email?: string | undefined;
  readonly monthlyBudgetUsd?: number | undefined;
  /** A workbook's text; none where alarms do. */
  readonly dashboard?: Input<string> | undefined;
  readonly transform?: TransformEach<Children> | undefined;
};

type Children = {
  told: ActionGroupArgs;
  metricAlarm: MetricAlertArgs;
  logAlarm: ScheduledQueryRuleArgs;
  budget: BudgetArgs;
  dashboard: WorkbookArgs;
};

/** Tells people what is wrong, and what it costs before it costs too much. */
export class Monitoring extends ComponentResource {
  readonly actionGroupId: Output<string>;
  readonly dashboardId: Output<string> | undefined;

  constructor(name: string, args: MonitoringArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Monitoring', name, {}, options);
    const within = { parent: this };
    const { home, email, monthlyBudgetUsd, dashboard, transform = {} } = args;
    const told = new ActionGroup(`${name}-told`, transformed(toldOf(home, email), transform.told), within);
    for (const alarm of args.metricAlarms)
      new MetricAlert(`${name}-${alarm.name}`, transformed(metricAlarmOf(home, alarm, told.id), transform.metricAlarm), within);
    for (const alarm of args.logAlarms)
      new ScheduledQueryRule(`${name}-${alarm.name}`, transformed(logAlarmOf(args, alarm, told.id), transform.logAlarm), within);
    if (email !== undefined && monthlyBudgetUsd !== undefined)
      new Budget(`${name}-budget`, transformed(budgetOf(args.resourceGroupId, monthlyBudgetUsd, email), transform.budget), {
        ...within,
        // A budget begins in the month in which it is made, and goes on from there.
        ignoreChanges: ['timePeriod'],
      });
    this.dashboardId =
      dashboard === undefined
        ? undefined
        : new Workbook(`${name}-dashboard`, transformed(dashboardOf(args, dashboard), transform.dashboard), within).id;
    this.actionGroupId = told.id;
    this.registerOutputs({ actionGroupId: this.actionGroupId });
  }
}

const toldOf = (home: Home, email: string | undefined): ActionGroupArgs => ({
  resourceGroupName: home.resourceGroupName,
  location: 'Global',
  groupShortName: 'hybrid',
  enabled: true,
  emailReceivers: email === undefined ? [] : [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }],
  tags: tagsOf(home, 'observability'),
});

const metricAlarmOf = (home: Home, alarm: MetricAlarm, actionGroupId: Output<string>): MetricAlertArgs => ({
  resourceGroupName: home.resourceGroupName,
  location: 'global',
  description: alarm.says,
  enabled: true,
  severity: 2,
  scopes: [alarm.scope],
  evaluationFrequency: alarm.windowMinutes === 60 ? 'PT15M' : 'PT5M',
  windowSize: alarm.windowMinutes === 60 ? 'PT1H' : `PT${alarm.windowMinutes}M`,
  criteria: {
    odataType: 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
    allOf: [
      {
        criterionType: 'StaticThresholdCriterion',
        ...{ name: 'above', metricNamespace: alarm.namespace, metricName: alarm.metric },
        ...{ operator: 'GreaterThan', threshold: alarm.above, timeAggregation: alarm.aggregation },
        dimensions: Object.entries(alarm.dimensions ?? {}).map(([name, value]) => ({ name, operator: 'Include', values: [value] })),
      },
    ],
  },
  autoMitigate: true,
  actions: [{ actionGroupId }],
  tags: tagsOf(home, 'observability'),
});

const logAlarmOf = ({ home, workspaceId }: MonitoringArgs, alarm: LogAlarm, actionGroupId: Output<string>): ScheduledQueryRuleArgs => ({
  ...placed(home),
  kind: 'LogAlert',
  displayName: alarm.says,
  description: alarm.says,
  enabled: true,
  severity: 2,
  scopes: [workspaceId],
  evaluationFrequency: `PT${alarm.everyMinutes}M`,
  // Lines come minutes after what they tell of: a window that ends where the next begins would miss the late ones.
  windowSize: `PT${2 * alarm.everyMinutes}M`,
  criteria: {
    allOf: [
      {
        ...{ query: alarm.query, operator: 'GreaterThan', threshold: alarm.above ?? 0, timeAggregation: 'Count' },
        ...(alarm.by === undefined ? {} : { dimensions: [{ name: alarm.by, operator: 'Include', values: [each] }] }),
      },
    ],
  },
  // The tables of telemetry are there only once something was written.
  skipQueryValidation: true,
  autoMitigate: true,
  actions: { actionGroups: [actionGroupId] },
  tags: tagsOf(home, 'observability'),
});

const budgetOf = (scope: Input<string>, monthlyUsd: number, email: string): BudgetArgs => ({
  scope,
  category: 'Cost',
  timeGrain: 'Monthly',
  amount: monthlyUsd,
  timePeriod: { startDate: `${new Date().toISOString().slice(0, 7)}-01T00:00:00Z` },
  notifications: {
    forecast: notified('Forecasted', 100, email),
    near: notified('Actual', 80, email),
    reached: notified('Actual', 100, email),
  },
});

const notified = (thresholdType: 'Forecasted' | 'Actual', threshold: number, email: string) => ({
  ...{ enabled: true, thresholdType, threshold, operator: 'GreaterThan' },
  contactEmails: [email],
});

const dashboardOf = ({ home, stack, componentId }: MonitoringArgs, serializedData: Input<string>): WorkbookArgs => ({
  ...placed(home),
  kind: 'shared',
  category: 'workbook',
  displayName: `Hybrid AI Platform (${stack})`,
  // A workbook is called by a UUID.
  resourceName: uuidOf('workbook', stack),
  sourceId: componentId,
  serializedData,
  tags: tagsOf(home, 'observability'),
});
