import { type BoundContext, subscribersOf } from '../bound-context.ts';
import { functionsOf } from '../functions.ts';
import { namesByQueue, subscriptionsOf, tell } from '../subscriptions.ts';
import { sendersIn } from './entra-token.ts';
import { eventHook, hooksPath } from './event-hook.ts';
import { type Azure, connections, type FunctionApp, functionName } from './function-app.ts';
import { register } from './http.ts';
import { receive } from './received.ts';

const backoff = { baseSeconds: 1, maxSeconds: 300 };

/**
 * Hands events, as Event Grid has put them into queues, to the subscribers of these contexts. `HYBRID_SUBSCRIPTIONS` may name queues of others too,
 * where the same app collects what was given up. Where `HYBRID_EVENT_HOOKS` says whose, they hear of events by web hook as well.
 */
export const registerEvents = (app: FunctionApp, bound: readonly BoundContext[], azure: Azure): void => {
  const { cloud, environment } = azure;
  const { portsFor } = functionsOf(bound, azure);
  const subscribers = bound.flatMap((context) => subscribersOf(context, portsFor(context.declaration)));
  const own = new Set(subscribers.map(({ name }) => name));
  const named = Object.entries(namesByQueue(environment)).filter(([, names]) => names.some((name) => own.has(name)));
  const heardBy = subscriptionsOf(subscribers, { HYBRID_SUBSCRIPTIONS: JSON.stringify(Object.fromEntries(named)) });
  for (const [queue] of named) {
    const heard = heardBy(queue);
    const delivery = { queue, attempts: Math.max(...heard.map(({ attempts }) => attempts)), backoff };
    app.storageQueue(functionName('events', queue), {
      queueName: queue,
      connection: connections.storage,
      handler: (...call) => receive(azure, delivery, call, async ({ content }) => tell(await cloud.eventOf(content), heard)),
    });
  }
  const senders = sendersIn(environment);
  if (senders === undefined || named.length === 0) return;
  const hook = eventHook({ azure, senders, heardBy: new Map(named.map(([queue]) => [queue, heardBy(queue)])) });
  register(app, functionName('hook', ...bound.map(({ declaration }) => declaration.name)), hook, `${hooksPath}/{queue}`);
};
