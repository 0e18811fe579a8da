import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { AwsClient } from './client.ts';
import { sqs } from './services.ts';
import type { TestQueue } from './test-emulator.ts';

type Received = {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: SQSRecord['attributes'];
};

export type PollerOptions = { readonly client: AwsClient; readonly queue: TestQueue; readonly batchSize: number };

/** As Lambda's mapping has it at first: five batches at a time. */
const batchesAtOnce = 5;
const pollMillis = 10;

export const recordOf = ({ arn }: TestQueue, message: Received): SQSRecord => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes,
  messageAttributes: {},
  md5OfBody: message.MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: arn,
  awsRegion: 'eu-central-1',
});

/**
 * Receives and calls a handler as Lambda's event source mapping does (with `ReportBatchItemFailures`): what is not reported as failed is deleted,
 * and of a call that throws nothing.
 */
export const poll = ({ client, queue, batchSize }: PollerOptions, handle: (event: SQSEvent) => Promise<SQSBatchResponse>) => {
  const QueueUrl = queue.url;
  const running = new Set<Promise<void>>();
  let stopped = false;

  const receive = async (): Promise<readonly Received[]> => {
    const { Messages = [] } = await client.call<{ Messages?: readonly Received[] }>(sqs, 'ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: Math.min(10, batchSize),
      MessageSystemAttributeNames: ['All'],
    });
    return Messages;
  };

  const invoke = async (records: readonly SQSRecord[]): Promise<void> => {
    const failedIds = await handle({ Records: [...records] }).then(
      ({ batchItemFailures }) => new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
      () => new Set(records.map(({ messageId }) => messageId)),
    );
    const Entries = records
      .filter(({ messageId }) => !failedIds.has(messageId))
      .map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
    if (Entries.length > 0) await client.call(sqs, 'DeleteMessageBatch', { QueueUrl, Entries });
  };

  const work = async (): Promise<void> => {
    while (!stopped) {
      const messages = running.size < batchesAtOnce ? await receive() : [];
      if (messages.length === 0) await sleep(pollMillis);
      if (messages.length === 0) continue;
      const call = invoke(messages.map((message) => recordOf(queue, message))).finally(() => running.delete(call));
      running.add(call);
    }
    await Promise.all(running);
  };

  const ended = work();
  return {
    stop: (): Promise<void> => {
      stopped = true;
      return ended;
    },
  };
};
