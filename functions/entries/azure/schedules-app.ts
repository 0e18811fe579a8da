import type { BoundContext } from '../bound-context.ts';
import { functionsOf } from '../functions.ts';
import { qualified } from '../ports.ts';
import { schedulesOf } from '../schedules.ts';
import { everyPeriod } from './cron.ts';
import { type Azure, type FunctionApp, functionName } from './function-app.ts';

/** Runs the schedules of these contexts. A run that fails is made up for by the next. */
export const registerSchedules = (app: FunctionApp, bound: readonly BoundContext[], azure: Azure): void => {
  const run = schedulesOf(bound, functionsOf(bound, azure).portsFor);
  for (const { declaration } of bound)
    for (const [schedule, { everySeconds }] of Object.entries(declaration.schedules)) {
      const name = qualified(declaration.name, schedule);
      app.timer(functionName('schedule', name), { schedule: everyPeriod(everySeconds), handler: () => run(name) });
    }
};
