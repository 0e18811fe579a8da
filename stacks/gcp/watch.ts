import { interpolate, type Resource as PulumiResource } from '@pulumi/pulumi';
import type { PlatformOutputs } from '../outputs.ts';
import { alarmsOf, type Watched } from './alarms.ts';
import { dashboardOf } from './dashboard.ts';
import { Monitoring } from './monitoring.ts';
import type { Settings } from './options.ts';
import type { Transforms } from './transforms.ts';

export type WatchArgs = Watched & { readonly settings: Settings; readonly transforms: Transforms; readonly parent: PulumiResource };

/** Alarms, the dashboard and the budget. Gives the URLs of dashboards. */
export const watch = ({ settings, transforms, parent, ...watched }: WatchArgs): PlatformOutputs['dashboards'] => {
  const { profile, alarmEmail, monthlyBudgetUsd, billingAccount } = settings;
  const { site } = watched;
  const { dashboardId } = new Monitoring(
    'monitoring',
    {
      ...{ site, email: alarmEmail, monthlyBudgetUsd, billingAccount },
      alarms: alarmsOf(watched, profile.alarms),
      ...(profile.dashboard ? { dashboardBody: dashboardOf(site) } : {}),
      transform: transforms.monitoring?.monitoring,
    },
    { parent },
  );
  // The id is `projects/<number>/dashboards/<uuid>`.
  const last = dashboardId?.apply((id) => id.slice(id.lastIndexOf('/') + 1));
  return last === undefined
    ? {}
    : { platform: interpolate`https://console.cloud.google.com/monitoring/dashboards/builder/${last}?project=${site.project}` };
};
