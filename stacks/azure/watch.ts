import { type Input, interpolate, type Resource as PulumiResource } from '@pulumi/pulumi';
import type { PlatformOutputs } from '../outputs.ts';
import { logAlarmsOf, metricAlarmsOf, type Watched } from './alarms.ts';
import type { Home } from './component.ts';
import { dashboardOf } from './dashboard.ts';
import { Monitoring } from './monitoring.ts';
import type { Settings } from './options.ts';
import type { Transforms } from './transforms.ts';

export type WatchArgs = Watched & {
  readonly settings: Settings;
  readonly home: Home;
  readonly resourceGroupId: Input<string>;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

/** Alarms, the dashboard and the budget. Gives the URLs of dashboards. */
export const watch = ({ settings, home, resourceGroupId, transforms, parent, ...watched }: WatchArgs): PlatformOutputs['dashboards'] => {
  const { profile, stack } = settings;
  const { dashboardId } = new Monitoring(
    'monitoring',
    {
      ...{ home, stack, resourceGroupId, workspaceId: watched.logs.workspaceId, componentId: watched.logs.componentId },
      metricAlarms: metricAlarmsOf(watched, profile.alarms),
      logAlarms: logAlarmsOf(profile.alarms),
      email: settings.alarmEmail,
      monthlyBudgetUsd: settings.monthlyBudgetUsd,
      ...(profile.dashboard ? { dashboard: dashboardOf(watched) } : {}),
      transform: transforms.monitoring?.monitoring,
    },
    { parent },
  );
  return dashboardId === undefined ? {} : { platform: interpolate`https://portal.azure.com/#@/resource${dashboardId}/workbook` };
};
