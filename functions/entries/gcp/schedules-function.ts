import type { BoundContext } from '../bound-context.ts';
import type { FetchApp } from '../fetch-app.ts';
import { functionsOf } from '../functions.ts';
import { schedulesOf } from '../schedules.ts';
import { type Google, pushFunction } from './push-function.ts';

/** Runs the schedules of these contexts, which the scheduler calls at `/schedules/<context>.<schedule>`. */
export const schedulesFunction = (bound: readonly BoundContext[], google: Google): FetchApp => {
  const run = schedulesOf(bound, functionsOf(bound, google).portsFor);
  return pushFunction(google, { schedules: ({ name }) => run(name) });
};
