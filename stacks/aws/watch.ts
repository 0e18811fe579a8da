import type { Resource as PulumiResource } from '@pulumi/pulumi';
import type { PlatformOutputs } from '../outputs.ts';
import { alarmsOf, type Watched } from './alarms.ts';
import { dashboardOf } from './dashboard.ts';
import type { Keys } from './keys.ts';
import { Monitoring } from './monitoring.ts';
import type { Settings } from './options.ts';
import { Rollout } from './rollout.ts';
import type { Stores } from './stores.ts';
import type { Transforms } from './transforms.ts';

export type WatchArgs = Watched & {
  readonly settings: Settings;
  readonly stores: Stores;
  readonly keys: Keys;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

/** Alarms, the dashboard and the budget; and new versions, while any of them is being rolled out. Gives the URLs of dashboards. */
export const watch = ({ settings, stores, keys, transforms, parent, ...watched }: WatchArgs): PlatformOutputs['dashboards'] => {
  const { profile, region, stack, rollout, logRetentionDays } = settings;
  const { topicArn } = new Monitoring(
    'monitoring',
    {
      alarms: alarmsOf(watched, profile.alarms),
      email: settings.alarmEmail,
      monthlyBudgetUsd: settings.monthlyBudgetUsd,
      keyArn: keys.messages?.arn,
      ...(profile.dashboard ? { dashboardBody: dashboardOf(region, watched, stores.tables), dashboardName: `hybrid-${stack}` } : {}),
      transform: transforms.monitoring?.monitoring,
    },
    { parent },
  );
  if (Object.keys(rollout).length > 0) {
    const made = { rollout, functions: watched.functions, topicArn, logRetentionDays, logKeyArn: keys.logs?.arn };
    new Rollout('rollout', { ...made, transform: transforms.rollout?.rollout }, { parent });
  }
  const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return profile.dashboard ? { platform: `${console}#dashboards/dashboard/hybrid-${stack}` } : {};
};
