import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type BoundContext, subscribersOf } from '../bound-context.ts';
import { functionsOf } from '../functions.ts';
import { subscriptionsOf, tell } from '../subscriptions.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';
import { comeAgain, eachMessage, nameIn } from './messages.ts';

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
      await tell(await cloud.eventOf(detail), heardBy(nameIn(eventSourceARN)));
    });
    return comeAgain(failures, lambda, backoff);
  });
};
