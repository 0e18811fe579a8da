import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Json } from '../../../domain/kernel/json.ts';
import { tenantInBody } from '../../../domain/kernel/message-rules.ts';
import type { GivenUp } from '../cloud.ts';
import { called, type Environment, type Lambda, type LambdaHandler } from './lambda.ts';
import { attemptOf, comeAgain, eachMessage } from './messages.ts';
import { nameIn } from './subscriptions.ts';

const backoff = { baseSeconds: 1, maxSeconds: 300 };

/** Keeps what was given up where it can be listed and redriven. What cannot be kept stays in its queue. */
export const deadLettersFunction = (lambda: Lambda): LambdaHandler<SQSEvent, SQSBatchResponse> => {
  const { cloud } = lambda;
  const sources = sourcesOf(lambda.environment);
  return called(lambda, async (event: SQSEvent) => {
    const at = cloud.clock.now().toISOString();
    const failures = await eachMessage(event, (record) => cloud.bury(givenUp(record, sources, at)));
    return comeAgain(failures, lambda, backoff);
  });
};

/** What queues are for, by their names: a subscriber (`models.alias-assigned`), a context where several of its subscribers share one, or a work queue. */
type Sources = ReadonlyMap<string, string>;

const sourcesOf = (environment: Environment): Sources => {
  const subscriptions = JSON.parse(environment.HYBRID_SUBSCRIPTIONS ?? '{}') as { readonly [queue: string]: readonly string[] };
  const heard = Object.entries(subscriptions).map(([queue, names]) => [queue, names.length === 1 ? names[0] : names[0]?.split('.')[0]]);
  const worked = Object.entries(environment).flatMap(([variable, url]) => {
    const [, context, name] = /^HYBRID_QUEUE_([A-Z0-9]+)_(\w+)$/.exec(variable) ?? [];
    return context === undefined || name === undefined || url === undefined
      ? []
      : [[url.slice(url.lastIndexOf('/') + 1), `${context}.${name.replaceAll('_', '-')}`.toLowerCase()]];
  });
  return new Map([...heard, ...worked] as [string, string][]);
};

const givenUp = (record: SQSRecord, sources: Sources, diedAt: string): GivenUp => {
  const { messageId: id, body: message, eventSourceARN: deadLetterQueue } = record;
  const queue = nameIn(originOf(record));
  const body = contentOf(message);
  return {
    ...{ id, tenant: tenantInBody(body), body, diedAt, deadLetterQueue, queue, message },
    source: sources.get(queue) ?? (queue || nameIn(deadLetterQueue)),
    reason: reasonOf(record),
    // It was received once more to come here.
    attempts: Math.max(1, attemptOf(record) - 1),
  };
};

/** The queue that gave a message up, or that the bus could not put it into (what EventBridge adds to a dead letter); nothing where neither is told. */
const originOf = ({ attributes, messageAttributes }: SQSRecord): string => {
  const target = messageAttributes.TARGET_ARN?.stringValue ?? '';
  return attributes.DeadLetterQueueSourceArn ?? (target.startsWith('arn:aws') && target.includes(':sqs:') ? target : '');
};

const reasonOf = ({ messageAttributes: { ERROR_MESSAGE, ERROR_CODE } }: SQSRecord): string =>
  ERROR_MESSAGE?.stringValue ?? ERROR_CODE?.stringValue ?? 'It failed each time; the log knows why.';

/** What was sent: the event of an EventBridge envelope, or the message; text where it is no JSON. */
const contentOf = (text: string): Json => {
  try {
    const sent = JSON.parse(text) as Json;
    const { detail } = (typeof sent === 'object' && sent !== null && 'detail-type' in sent ? sent : {}) as { readonly detail?: Json };
    return detail ?? sent;
  } catch {
    return text;
  }
};
