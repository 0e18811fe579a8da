import type { BoundContext } from '../bound-context.ts';
import type { FetchApp } from '../fetch-app.ts';
import { functionsOf } from '../functions.ts';
import { workOf, workOff, worksOf } from '../works.ts';
import { type Google, pushFunction } from './push-function.ts';
import { pushedOf } from './pushed.ts';

/** Hands messages, as they are pushed to `/queues/<context>.<queue>`, to the workers of these contexts, each apart. */
export const queuesFunction = (bound: readonly BoundContext[], google: Google): FetchApp => {
  const works = worksOf(bound, functionsOf(bound, google).portsFor);
  return pushFunction(google, {
    queues: async ({ name, body }) => {
      const { id, text, attempt } = pushedOf(body);
      await workOff(workOf(works, name), { id, body: await google.cloud.bodyOf(JSON.parse(text)), attempt });
    },
  });
};
