import { type BoundContext, type BoundSubscriber, subscribersOf } from '../bound-context.ts';
import type { FetchApp } from '../fetch-app.ts';
import { functionsOf } from '../functions.ts';
import { sourcesOf } from '../given-up.ts';
import { namesByQueue, subscriptionsOf, tell } from '../subscriptions.ts';
import { type Google, pushFunction } from './push-function.ts';
import { pushedOf } from './pushed.ts';

/**
 * Hands events, as subscriptions push them to `/events/<subscription>`, to the subscribers of these contexts. A subscription is named after its one
 * subscriber (`models.alias-assigned`) or the context of all of them (`models`), unless `HYBRID_SUBSCRIPTIONS` says whom it is for.
 */
export const eventsFunction = (bound: readonly BoundContext[], google: Google): FetchApp => {
  const { cloud, environment } = google;
  const { portsFor } = functionsOf(bound, google);
  const subscribers = bound.flatMap((context) => subscribersOf(context, portsFor(context.declaration)));
  const named = { ...namesThemselves(subscribers), ...namesByQueue(environment) };
  const heardBy = subscriptionsOf(subscribers, { HYBRID_SUBSCRIPTIONS: JSON.stringify(named) });
  const sources = sourcesOf(environment);
  return pushFunction(google, {
    events: async ({ name, body }) => {
      const { text, attributes } = pushedOf(body);
      const heard = heardBy(name);
      // What is sent once more to who gave it up comes by the topic, and to everybody.
      const meant = attributes[redriveAttribute] ?? name;
      if (meant === name || meant === sources.get(name)) await tell(await cloud.eventOf(JSON.parse(text)), heard);
    },
  });
};

/** Names the one subscription that a redriven event is for. */
const redriveAttribute = 'hybrid-redrive';

const namesThemselves = (subscribers: readonly BoundSubscriber[]): { readonly [subscription: string]: readonly string[] } => {
  const names = subscribers.map(({ name }) => name);
  const contexts = new Set(names.map((name) => name.split('.')[0] ?? ''));
  return {
    ...Object.fromEntries([...contexts].map((context) => [context, names.filter((name) => name.startsWith(`${context}.`))])),
    ...Object.fromEntries(names.map((name) => [name, [name]])),
  };
};
