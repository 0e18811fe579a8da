import { Budget } from '@pulumi/aws/budgets/budget.js';
import { Dashboard } from '@pulumi/aws/cloudwatch/dashboard.js';
import { MetricAlarm, type MetricAlarmArgs } from '@pulumi/aws/cloudwatch/metricAlarm.js';
import { Topic, type TopicArgs } from '@pulumi/aws/sns/topic.js';
import { TopicSubscription } from '@pulumi/aws/sns/topicSubscription.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { AlarmSpecification } from './alarms.ts';
import { type Transform, transformed } from './component.ts';

export type MonitoringArgs = {
  readonly alarms: readonly AlarmSpecification[];
  readonly email?: string | undefined;
  readonly monthlyBudgetUsd?: number | undefined;
  readonly keyArn?: Input<string> | undefined;
  /** A dashboard's body and name; none where alarms do. */
  readonly dashboardBody?: Input<string> | undefined;
  readonly dashboardName?: string | undefined;
  readonly transform?: { readonly topic?: Transform<TopicArgs>; readonly alarm?: Transform<MetricAlarmArgs> } | undefined;
};

/** Tells people what is wrong, and what it costs before it costs too much. */
export class Monitoring extends ComponentResource {
  readonly topicArn: Output<string>;

  constructor(name: string, args: MonitoringArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Monitoring', name, {}, options);
    const within = { parent: this };
    const encrypted: TopicArgs = args.keyArn === undefined ? {} : { kmsMasterKeyId: args.keyArn };
    const topic = new Topic(`${name}-topic`, transformed(encrypted, args.transform?.topic), within);
    if (args.email !== undefined)
      new TopicSubscription(`${name}-email`, { topic: topic.arn, protocol: 'email', endpoint: args.email }, within);
    for (const alarm of args.alarms)
      new MetricAlarm(`${name}-${alarm.name}`, transformed(alarmOf(alarm, [topic.arn]), args.transform?.alarm), within);
    if (args.email !== undefined && args.monthlyBudgetUsd !== undefined)
      new Budget(`${name}-budget`, budgetOf(args.monthlyBudgetUsd, args.email), within);
    if (args.dashboardBody !== undefined)
      new Dashboard(`${name}-dashboard`, { dashboardName: args.dashboardName ?? name, dashboardBody: args.dashboardBody }, within);
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

const budgetOf = (monthlyUsd: number, email: string) => ({
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
