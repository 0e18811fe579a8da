import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Json } from '../../../domain/kernel/json.ts';
import type { GivenUp } from '../cloud.ts';
import { givenUpOf, type Sources, sentOf, sourcesOf, unsaidReason } from '../given-up.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';
import { attemptOf, comeAgain, eachMessage, nameIn } from './messages.ts';

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

const givenUp = (record: SQSRecord, sources: Sources, diedAt: string): GivenUp => {
  const { messageId: id, body: message, eventSourceARN: deadLetterQueue } = record;
  const queue = nameIn(originOf(record));
  const body = contentOf(message);
  return givenUpOf({
    ...{ id, body, diedAt, deadLetterQueue, queue, message },
    source: sources.get(queue) ?? (queue || nameIn(deadLetterQueue)),
    reason: reasonOf(record),
    // It was received once more to come here.
    attempts: Math.max(1, attemptOf(record) - 1),
  });
};

/** The queue that gave a message up, or that the bus could not put it into (what EventBridge adds to a dead letter); nothing where neither is told. */
const originOf = ({ attributes, messageAttributes }: SQSRecord): string => {
  const target = messageAttributes.TARGET_ARN?.stringValue ?? '';
  return attributes.DeadLetterQueueSourceArn ?? (target.startsWith('arn:aws') && target.includes(':sqs:') ? target : '');
};

const reasonOf = ({ messageAttributes: { ERROR_MESSAGE, ERROR_CODE } }: SQSRecord): string =>
  ERROR_MESSAGE?.stringValue ?? ERROR_CODE?.stringValue ?? unsaidReason;

/** What was sent: the event of an EventBridge envelope, or the message. */
const contentOf = (text: string): Json => {
  const sent = sentOf(text);
  const { detail } = (typeof sent === 'object' && sent !== null && 'detail-type' in sent ? sent : {}) as { readonly detail?: Json };
  return detail ?? sent;
};
