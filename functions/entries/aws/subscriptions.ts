import { failed, Rejected } from '../../../domain/kernel/failure.ts';
import type { BoundSubscriber } from '../bound-context.ts';
import type { Environment } from './lambda.ts';

/** The last part of an ARN, a queue's name, say. */
export const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

/**
 * Who hears what comes by a queue: `HYBRID_SUBSCRIPTIONS` is a JSON object of subscribers (`models.alias-assigned`) by the name of their queue.
 * Throws `Rejected` `unknown-queue` and `unknown-subscriber`: the infrastructure and the code are not of the same version then.
 */
export const subscriptionsOf = (
  subscribers: readonly BoundSubscriber[],
  { HYBRID_SUBSCRIPTIONS = '{}' }: Environment,
): ((queueArn: string) => readonly BoundSubscriber[]) => {
  const named = JSON.parse(HYBRID_SUBSCRIPTIONS) as { readonly [queue: string]: readonly string[] };
  const byName = new Map(subscribers.map((subscriber) => [subscriber.name, subscriber]));
  const found = (name: string): BoundSubscriber => byName.get(name) ?? unknown('unknown-subscriber', `Nothing here is called "${name}".`);
  const byQueue = new Map(Object.entries(named).map(([queue, names]) => [queue, names.map(found)]));
  return (queueArn) =>
    byQueue.get(nameIn(queueArn)) ?? unknown('unknown-queue', `HYBRID_SUBSCRIPTIONS does not name "${nameIn(queueArn)}".`);
};

const unknown = (code: string, detail: string): never => {
  throw new Rejected(failed('invalid', code, detail));
};
