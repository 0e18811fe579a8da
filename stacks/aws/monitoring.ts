import { Budget, type BudgetArgs } from '@pulumi/aws/budgets/budget.js';
import { Dashboard, type DashboardArgs } from '@pulumi/aws/cloudwatch/dashboard.js';
import { MetricAlarm, type MetricAlarmArgs } from '@pulumi/aws/cloudwatch/metricAlarm.js';
import { Topic, type TopicArgs } from '@pulumi/aws/sns/topic.js';
import { TopicSubscription, type TopicSubscriptionArgs } from '@pulumi/aws/sns/topicSubscription.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { AlarmSpecification } from './alarms.ts';
import { type TransformEach, transformed } from './component.ts';

export type MonitoringArgs = {
  readonly alarms: readonly AlarmSpecification[];
  readonly email?: string | undefined;
  readonly monthlyBudgetUsd?: number | undefined;
  readonly keyArn?: Input<string> | undefined;
  /** A dashboard's body and name; none where alarms do. */
  readonly dashboardBody?: Input<string> | undefined;
  readonly dashboardName?: string | undefined;
  readonly transform?:
    | TransformEach<{
        topic: TopicArgs;
        email: TopicSubscriptionArgs;
        alarm: MetricAlarmArgs;
        budget: BudgetArgs;
        dashboard: DashboardArgs;
      }>
    | undefined;
};

/** Tells people what is wrong, and what it costs before it costs too much. */
export class Monitoring extends ComponentResource {
  readonly topicArn: Output<string>;

  constructor(name: string, args: MonitoringArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Monitoring', name, {}, options);
    const within = { parent: this };
    const { alarms, email, monthlyBudgetUsd, keyArn, dashboardBody, dashboardName = name, transform = {} } = args;
    const topic = new Topic(`${name}-topic`, transformed(keyArn === undefined ? {} : { kmsMasterKeyId: keyArn }, transform.topic), within);
    if (email !== undefined) {
      const told: TopicSubscriptionArgs = { topic: topic.arn, protocol: 'email', endpoint: email };
      new TopicSubscription(`${name}-email`, transformed(told, transform.email), within);
    }
    for (const alarm of alarms) new MetricAlarm(`${name}-${alarm.name}`, transformed(alarmOf(alarm, [topic.arn]), transform.alarm), within);
    if (email !== undefined && monthlyBudgetUsd !== undefined)
      new Budget(`${name}-budget`, transformed(budgetOf(monthlyBudgetUsd, email), transform.budget), within);
    if (dashboardBody !== undefined)
      new Dashboard(`${name}-dashboard`, transformed<DashboardArgs>({ dashboardName, dashboardBody }, transform.dashboard), within);
    this.topicArn = topic.arn;
    this.registerOutputs({ topicArn: this.topicArn });
  }
}

export const alarmOf = (alarm: AlarmSpecification, actions: readonly Input<string>[]): MetricAlarmArgs => ({
  alarmDescription: alarm.says,
  namespace: alarm.namespace,
  metricName: alarm.metric,
  dimensions: alarm.dimensions,
  statistic: alarm.statistic,
  threshold: alarm.above,
  comparisonOperator: 'GreaterThanThreshold',
  period: alarm.periodSeconds,
  evaluationPeriods: 1,
  // No news is good news: a function that is not called reports nothing.
  treatMissingData: 'notBreaching',
  alarmActions: [...actions],
  okActions: [...actions],
});

const budgetOf = (monthlyUsd: number, email: string): BudgetArgs => ({
  budgetType: 'COST',
  timeUnit: 'MONTHLY',
  limitAmount: String(monthlyUsd),
  limitUnit: 'USD',
  notifications: [notified('FORECASTED', 100, email), notified('ACTUAL', 80, email), notified('ACTUAL', 100, email)],
});

const notified = (notificationType: string, threshold: number, email: string) => ({
  notificationType,
  threshold,
  thresholdType: 'PERCENTAGE',
  comparisonOperator: 'GREATER_THAN',
  subscriberEmailAddresses: [email],
});
