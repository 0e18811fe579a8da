import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { CloudEvent } from '../../../domain/kernel/cloud-event.ts';
import { type BoundContext, type BoundSubscriber, subscribersOf } from '../bound-context.ts';
import { functionsOf } from './functions.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';
import { comeAgain, eachMessage } from './messages.ts';
import { subscriptionsOf } from './subscriptions.ts';

const backoff = { baseSeconds: 1, maxSeconds: 300 };

/** Hands events, as EventBridge has put them into queues, to the subscribers of these contexts. */
export const eventsFunction = (bound: readonly BoundContext[], lambda: Lambda): LambdaHandler<SQSEvent, SQSBatchResponse> => {
  const { cloud, environment } = lambda;
  const { portsFor } = functionsOf(bound, lambda);
  const subscribers = bound.flatMap((context) => subscribersOf(context, portsFor(context.declaration)));
  const heardBy = subscriptionsOf(subscribers, environment);
  return called(lambda, async (event: SQSEvent) => {
    const failures = await eachMessage(event, async ({ body, eventSourceARN }) => {
      const { detail } = JSON.parse(body) as { readonly detail?: unknown };
      await tell(await cloud.eventOf(detail), heardBy(eventSourceARN));
    });
    return comeAgain(failures, lambda, backoff);
  });
};

/** Every subscriber that an event is for hears it, also where another one fails; then all of them hear it again, and know it. */
const tell = async (event: CloudEvent, subscribers: readonly BoundSubscriber[]): Promise<void> => {
  const meant = subscribers.filter(({ types }) => types === '*' || types.includes(event.type));
  const outcomes = await Promise.allSettled(meant.map(({ handle }) => handle(event)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
};
