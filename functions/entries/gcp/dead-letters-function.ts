import type { Json } from '../../../domain/kernel/json.ts';
import { queueOf, resourceVariable } from '../../kernel/resources.ts';
import type { FetchApp } from '../fetch-app.ts';
import { givenUpOf, sentOf, sourcesOf, unsaidReason } from '../given-up.ts';
import { type Google, pushFunction } from './push-function.ts';
import { pushedOf } from './pushed.ts';

/**
 * Keeps what was given up, as the subscription of a dead letter topic pushes it to `/dead-letters/<source>`, where it can be listed and redriven. The
 * attributes are what Pub/Sub adds (https://cloud.google.com/pubsub/docs/handling-failures#forward).
 */
export const deadLettersFunction = (google: Google): FetchApp => {
  const { cloud, environment } = google;
  const sources = sourcesOf(environment);
  return pushFunction(google, {
    'dead-letters': async ({ name: path, body: envelope }) => {
      const source = sources.get(path) ?? path;
      const { id, text, attributes } = pushedOf(envelope);
      const [context = '', name = ''] = source.split('.');
      const topicOfQueue = environment[resourceVariable(queueOf(context, name))];
      const sent = sentOf(text);
      const body: Json = topicOfQueue === undefined ? sent : await cloud.bodyOf(sent).catch(() => sent);
      const letter = givenUpOf({
        ...{ id, source, body, message: text, reason: unsaidReason },
        attempts: Math.max(1, Number(attributes.CloudPubSubDeadLetterSourceDeliveryCount ?? 1)),
        diedAt: cloud.clock.now().toISOString(),
        deadLetterQueue: attributes.CloudPubSubDeadLetterSourceSubscription ?? path,
        queue: topicOfQueue ?? environment.HYBRID_BUS ?? '',
      });
      await cloud.bury(letter);
    },
  });
};
