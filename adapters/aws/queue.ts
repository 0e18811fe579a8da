import { bytesOfMessage, checkedMessage } from '../../domain/kernel/message-rules.ts';
import type { OutgoingMessage, Queue } from '../../domain/kernel/queue.ts';
import { batchesOf } from '../cloud/batches.ts';
import { type Backoff, retryingRest, usualBackoff } from '../cloud/retry.ts';
import type { AwsClient } from './client.ts';
import { AwsError, isTransient } from './errors.ts';
import { sqs } from './services.ts';

export type SqsQueueOptions = {
  readonly client: AwsClient;
  readonly queueUrl: string;
  readonly backoff?: Backoff;
};

type Entry = { readonly Id: string; readonly MessageBody: string; readonly DelaySeconds?: number };
type Refused = { readonly Id: string; readonly Code: string; readonly Message?: string; readonly SenderFault?: boolean };

/** Of one SendMessageBatch. SQS takes 1 MiB since 2025; queues and emulators older than that 256 KiB. */
const batchLimit = { entries: 10, bytes: 256 * 1024 };

/**
 * The `Queue` port on SQS, by its JSON protocol. Delays are whole seconds there and are rounded up. Throws `AwsError` where SQS does not take what
 * is sent; what it had taken by then stays sent.
 */
export const sqsQueue = ({ client, queueUrl, backoff = usualBackoff }: SqsQueueOptions): Queue => {
  /** Sends entries once; those that may succeed when sent again are the answer. */
  const sendOnce = async (entries: readonly Entry[]): Promise<readonly Entry[]> => {
    const { Failed = [] } = await client.call<{ readonly Failed?: readonly Refused[] }>(sqs, 'SendMessageBatch', {
      QueueUrl: queueUrl,
      Entries: entries,
    });
    const hopeless = Failed.find((refused) => refused.SenderFault === true && isTransient(errorOf(refused)) === false);
    if (hopeless) throw errorOf(hopeless);
    const ids = new Set(Failed.map(({ Id }) => Id));
    return entries.filter(({ Id }) => ids.has(Id));
  };

  return {
    async send(messages) {
      const entries = messages.map(entryOf);
      for (const batch of batchesOf(entries, ({ MessageBody }) => bytesOfMessage(MessageBody), batchLimit)) {
        const rest = await retryingRest(batch, sendOnce, backoff);
        if (rest.length > 0) throw stillFailing(rest.length, batch.length);
      }
    },
  };
};

const entryOf = (message: OutgoingMessage, index: number): Entry => {
  const delay = Math.ceil(message.delaySeconds ?? 0);
  return { Id: String(index), MessageBody: sendable(checkedMessage(message)), ...(delay > 0 && { DelaySeconds: delay }) };
};

/** SQS takes XML's characters only. JSON escapes the control characters among the others, but not these two (SendMessage, "MessageBody"). */
const sendable = (json: string): string => json.replace(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);

const failure = (code: string, message: string): AwsError =>
  new AwsError({ service: 'SQS', operation: 'SendMessageBatch', code, status: 200, message });
const errorOf = ({ Code, Message = 'no reason was given' }: Refused): AwsError => failure(Code, Message);
const stillFailing = (count: number, of: number): AwsError => failure('BatchEntriesFailed', `${count} of ${of} messages were not taken`);

/** Hides a received message for so many seconds (0 to 43,200) from now on. */
export const postponeMessage = (client: AwsClient, queueUrl: string, receiptHandle: string, seconds: number): Promise<unknown> =>
  client.call(sqs, 'ChangeMessageVisibility', {
    QueueUrl: queueUrl,
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: Math.round(Math.min(Math.max(seconds, 0), 43_200)),
  });

/** Sends a text as it is: what was a message already. */
export const sendText = async (client: AwsClient, queueUrl: string, text: string): Promise<void> => {
  await client.call(sqs, 'SendMessage', { QueueUrl: queueUrl, MessageBody: text });
};
