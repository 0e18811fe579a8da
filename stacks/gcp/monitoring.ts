import { Budget, type BudgetArgs } from '@pulumi/gcp/billing/budget.js';
import { AlertPolicy, type AlertPolicyArgs } from '@pulumi/gcp/monitoring/alertPolicy.js';
import { Dashboard, type DashboardArgs } from '@pulumi/gcp/monitoring/dashboard.js';
import { NotificationChannel, type NotificationChannelArgs } from '@pulumi/gcp/monitoring/notificationChannel.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import type { AlarmSpecification } from './alarms.ts';
import { seconds } from './component.ts';
import type { Site } from './site.ts';

export type MonitoringArgs = {
  readonly site: Site;
  readonly alarms: readonly AlarmSpecification[];
  readonly email?: string | undefined;
  readonly monthlyBudgetUsd?: number | undefined;
  readonly billingAccount?: string | undefined;
  /** None where alarms do. */
  readonly dashboardBody?: Input<string> | undefined;
  readonly transform?:
    | TransformEach<{ email: NotificationChannelArgs; alarm: AlertPolicyArgs; budget: BudgetArgs; dashboard: DashboardArgs }>
    | undefined;
};

/** Tells people what is wrong, and what it costs before it costs too much. */
export class Monitoring extends ComponentResource {
  readonly dashboardId: Output<string> | undefined;

  constructor(name: string, args: MonitoringArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Monitoring', name, {}, options);
    const within = { parent: this };
    const { site, alarms, email, dashboardBody, transform = {} } = args;
    const channels = email === undefined ? [] : [channelOf(name, site, email, transform.email, this).id];
    for (const alarm of alarms)
      new AlertPolicy(`${name}-${alarm.name}`, transformed(policyOf(site, alarm, channels), transform.alarm), within);
    const budget = channels.length === 0 ? undefined : budgetOf(args, channels);
    if (budget !== undefined) new Budget(`${name}-budget`, transformed(budget, transform.budget), within);
    if (dashboardBody !== undefined) {
      const made: DashboardArgs = { dashboardJson: dashboardBody };
      this.dashboardId = new Dashboard(`${name}-dashboard`, transformed(made, transform.dashboard), within).id;
    }
    this.registerOutputs({});
  }
}

const channelOf = (
  name: string,
  site: Site,
  email: string,
  transform: Partial<NotificationChannelArgs> | undefined,
  parent: Monitoring,
): NotificationChannel => {
  const made: NotificationChannelArgs = { type: 'email', displayName: `${site.prefix} operators`, labels: { email_address: email } };
  return new NotificationChannel(`${name}-email`, transformed(made, transform), { parent });
};

/** For how long a value has to be too high: who says what missing data mean has to name whole minutes (400 otherwise). */
const holdsSeconds = 60;

const policyOf = (site: Site, alarm: AlarmSpecification, channels: readonly Input<string>[]): AlertPolicyArgs => ({
  displayName: `${site.prefix} ${alarm.name}`,
  combiner: 'OR',
  conditions: [
    {
      displayName: alarm.says,
      conditionThreshold: {
        filter: alarm.filter,
        comparison: 'COMPARISON_GT',
        thresholdValue: alarm.above,
        duration: seconds(holdsSeconds),
        aggregations: [
          { alignmentPeriod: seconds(alarm.periodSeconds), perSeriesAligner: alarm.aligner, crossSeriesReducer: alarm.reducer },
        ],
        // No news is good news: a function that is not called reports nothing.
        evaluationMissingData: 'EVALUATION_MISSING_DATA_INACTIVE',
      },
    },
  ],
  documentation: { content: alarm.says, mimeType: 'text/markdown' },
  // An incident of which nothing more is heard is over.
  alertStrategy: { autoClose: seconds(1800) },
  notificationChannels: [...channels],
});

/** Of this project alone; budgets belong to whoever pays, and there may be many projects of his. */
const budgetOf = (
  { site, monthlyBudgetUsd, billingAccount }: MonitoringArgs,
  channels: readonly Input<string>[],
): BudgetArgs | undefined => {
  if (monthlyBudgetUsd === undefined || billingAccount === undefined) return undefined;
  return {
    billingAccount,
    displayName: `${site.prefix} of ${site.project}`,
    budgetFilter: { projects: [interpolate`projects/${site.projectNumber}`], calendarPeriod: 'MONTH' },
    amount: { specifiedAmount: { currencyCode: 'USD', units: String(monthlyBudgetUsd) } },
    thresholdRules: [
      { thresholdPercent: 1, spendBasis: 'FORECASTED_SPEND' },
      { thresholdPercent: 0.8, spendBasis: 'CURRENT_SPEND' },
      { thresholdPercent: 1, spendBasis: 'CURRENT_SPEND' },
    ],
    allUpdatesRule: { monitoringNotificationChannels: [...channels], disableDefaultIamRecipients: true },
  };
};
