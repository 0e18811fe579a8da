import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Json } from '../../../domain/kernel/json.ts';
import { tenantInBody } from '../../../domain/kernel/message-rules.ts';
import type { GivenUp } from './cloud.ts';
import { called, type Environment, type Lambda, type LambdaHandler } from './lambda.ts';
import { comeAgain, eachMessage } from './messages.ts';
import { nameIn } from './subscriptions.ts';

/** What a dead letter queue is of: the queue that gives up, the name of that for people (`models.alias-assigned`, or a context), and after how many attempts. */
type Source = readonly [queue: string, source: string, attempts: number];

const backoff = { baseSeconds: 1, maxSeconds: 300 };

/**
 * Keeps what queues gave up where it can be listed and redriven. `HYBRID_DEAD_LETTER_SOURCES` is a JSON object of what each dead letter queue is of,
 * by its name: `{"<dead letter queue>": ["<queue>", "<source>", <attempts>]}`. What cannot be kept stays in its queue.
 */
export const deadLettersFunction = (lambda: Lambda): LambdaHandler<SQSEvent, SQSBatchResponse> => {
  const { cloud, environment } = lambda;
  const sources = sourcesOf(environment);
  return called(lambda, async (event: SQSEvent) => {
    const at = cloud.clock.now().toISOString();
    const failures = await eachMessage(event, (record) => cloud.bury(givenUp(record, sources, at)));
    return comeAgain(failures, lambda, backoff);
  });
};

const sourcesOf = ({ HYBRID_DEAD_LETTER_SOURCES = '{}' }: Environment): { readonly [queue: string]: Source } =>
  JSON.parse(HYBRID_DEAD_LETTER_SOURCES) as { readonly [queue: string]: Source };

const givenUp = (record: SQSRecord, sources: { readonly [queue: string]: Source }, diedAt: string): GivenUp => {
  const { messageId: id, body: message, eventSourceARN: deadLetterQueue } = record;
  const [queue, source, attempts] = sources[nameIn(deadLetterQueue)] ?? ['', nameIn(deadLetterQueue), 0];
  const body = contentOf(message);
  const reason = attempts > 0 ? `${attempts} attempts failed; the log knows why.` : 'It was given up; the log knows why.';
  return { id, source, tenant: tenantInBody(body), body, reason, attempts, diedAt, deadLetterQueue, queue, message };
};

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
