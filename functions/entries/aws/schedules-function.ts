import type { BoundContext } from '../bound-context.ts';
import { functionsOf } from '../functions.ts';
import { schedulesOf } from '../schedules.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';

/** What a schedule sends: its name, `models.upload-sweep`. */
export type ScheduleEvent = { readonly schedule: string };

/** Runs the schedules of these contexts. A run that fails is tried again by the scheduler, and made up for by the next. */
export const schedulesFunction = (bound: readonly BoundContext[], lambda: Lambda): LambdaHandler<ScheduleEvent, void> => {
  const run = schedulesOf(bound, functionsOf(bound, lambda).portsFor);
  return called(lambda, ({ schedule }: ScheduleEvent) => run(schedule));
};
