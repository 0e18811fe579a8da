import type { Resource as PulumiResource } from '@pulumi/pulumi';
import { qualifiedName } from '../../functions/kernel/resources.ts';
import type { PlatformPlan } from '../platform.ts';
import { type Callers, ringing } from './callers.ts';
import { ChangeTrigger } from './change-trigger.ts';
import { admitted, callOf } from './deliveries.ts';
import type { PlatformFunction } from './function.ts';
import type { Admission, Functions } from './functions.ts';
import type { Role } from './role.ts';
import { Schedule } from './schedule.ts';
import type { Site } from './site.ts';
import type { Stores } from './stores.ts';
import type { Table } from './table.ts';
import type { Transforms } from './transforms.ts';

export type SourcesArgs = {
  readonly plan: PlatformPlan;
  readonly site: Site;
  readonly functions: Functions;
  readonly stores: Stores;
  readonly callers: Callers;
  readonly admissions: Promise<readonly Admission[]>;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

/** Connects the functions with what calls them by itself; what is pushed to them is connected already. */
export const connect = (args: SourcesArgs): void => {
  ringBells(args);
  sweep(args);
  keepSchedules(args);
};

const ringBells = ({ plan, site, functions, stores, callers, admissions, transforms, parent }: SourcesArgs): void => {
  for (const { name: unit } of plan.units)
    for (const { name, context, resource } of ringing(plan, unit)) {
      const { email: account, grants: own } = callers.eventarc as Role;
      const grants = admitted(admissions, unit, 'eventarc').then((all) => [...all, ...own]);
      new ChangeTrigger(
        `${name}-changes`,
        {
          ...{ context, region: site.region, account, grants },
          databaseName: (stores.tables[name] as Table).databaseName,
          collection: resource.name,
          serviceName: (functions[unit] as PlatformFunction).serviceName,
          path: `/changes/${qualifiedName(resource)}`,
          transform: transforms.changeTrigger?.[`${name}-changes`],
        },
        { parent },
      );
    }
};

/** How often changes are looked for that no bell was heard of. */
const sweepSeconds = 60;

const sweep = (args: SourcesArgs): void => {
  const { plan, site, transforms, parent } = args;
  for (const { name, timeoutSeconds } of plan.units.filter(({ trigger }) => trigger === 'changes'))
    new Schedule(
      `${name}-sweep`,
      {
        ...{ region: site.region, everySeconds: sweepSeconds, timeoutSeconds },
        push: callOf(args, name, '/sweep', 'scheduler'),
        transform: transforms.schedule?.[`${name}-sweep`],
      },
      { parent },
    );
};

const keepSchedules = (args: SourcesArgs): void => {
  const { plan, site, transforms, parent } = args;
  for (const { name, schedule, everySeconds, unit } of plan.schedules)
    new Schedule(
      name,
      {
        ...{ region: site.region, everySeconds },
        timeoutSeconds: plan.units.find((one) => one.name === unit)?.timeoutSeconds ?? 0,
        push: callOf(args, unit, `/schedules/${schedule}`, 'scheduler'),
        transform: transforms.schedule?.[name],
      },
      { parent },
    );
};
