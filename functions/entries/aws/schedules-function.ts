import { failed, Rejected } from '../../../domain/kernel/failure.ts';
import { type BoundContext, scheduleOf } from '../bound-context.ts';
import { qualified } from '../ports.ts';
import { functionsOf } from './functions.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';

/** What a schedule sends: its name, `models.upload-sweep`. */
export type ScheduleEvent = { readonly schedule: string };

/** Runs the schedules of these contexts. A run that fails is tried again by the scheduler, and made up for by the next. */
export const schedulesFunction = (bound: readonly BoundContext[], lambda: Lambda): LambdaHandler<ScheduleEvent, void> => {
  const { portsFor } = functionsOf(bound, lambda);
  const runs = new Map(
    bound.flatMap((context) =>
      Object.keys(context.declaration.schedules).map(
        (name) => [qualified(context.declaration.name, name), scheduleOf(context, name, portsFor(context.declaration))] as const,
      ),
    ),
  );
  return called(lambda, async ({ schedule }: ScheduleEvent) => {
    const run = runs.get(schedule);
    if (run === undefined) throw new Rejected(failed('invalid', 'unknown-schedule', `No schedule is called "${schedule}".`));
    await run();
  });
};
