import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { BoundSubscriber } from './bound-context.ts';
import type { Environment } from './opened.ts';

/**
 * Who hears what comes by a queue, by the name of the queue: `HYBRID_SUBSCRIPTIONS` is a JSON object of subscribers (`models.alias-assigned`) by it.
 * Throws `Rejected` `unknown-queue` and `unknown-subscriber`: the infrastructure and the code are not of the same version then.
 */
export const subscriptionsOf = (
  subscribers: readonly BoundSubscriber[],
  environment: Environment,
): ((queue: string) => readonly BoundSubscriber[]) => {
  const byName = new Map(subscribers.map((subscriber) => [subscriber.name, subscriber]));
  const found = (name: string): BoundSubscriber => byName.get(name) ?? unknown('unknown-subscriber', `Nothing here is called "${name}".`);
  const byQueue = new Map(Object.entries(namesByQueue(environment)).map(([queue, names]) => [queue, names.map(found)]));
  return (queue) => byQueue.get(queue) ?? unknown('unknown-queue', `HYBRID_SUBSCRIPTIONS does not name "${queue}".`);
};

/** The names of subscribers by the queue that they hear by. */
export const namesByQueue = ({ HYBRID_SUBSCRIPTIONS = '{}' }: Environment): { readonly [queue: string]: readonly string[] } =>
  JSON.parse(HYBRID_SUBSCRIPTIONS) as { readonly [queue: string]: readonly string[] };

const unknown = (code: string, detail: string): never => {
  throw new Rejected(failed('invalid', code, detail));
};

/** Every subscriber that an event is for hears it, also where another one fails; then all of them hear it again, and know it. */
export const tell = async (event: CloudEvent, subscribers: readonly BoundSubscriber[]): Promise<void> => {
  const meant = subscribers.filter(({ types }) => types === '*' || types.includes(event.type));
  const outcomes = await Promise.allSettled(meant.map(({ handle }) => handle(event)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
};
