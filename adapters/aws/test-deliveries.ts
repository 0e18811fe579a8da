import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { backoffWithJitter } from '../../domain/kernel/backoff.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { tenantInBody } from '../../domain/kernel/message-rules.ts';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import { tableDeadLetters } from '../cloud/dead-letters.ts';
import { systemClock } from '../system/system-clock.ts';
import type { AwsClient } from './client.ts';
import { postponeMessage, sendText } from './queue.ts';
import { queueUrlOf } from './queue-names.ts';
import { dynamoTable } from './table.ts';
import { makeWorkQueue, type TestQueue } from './test-emulator.ts';
import { poll } from './test-poller.ts';
import { createTable, emulatorEnvironment } from './test-tables.ts';

export type WorkQueue = Awaited<ReturnType<typeof makeWorkQueue>>;

/** Hands each record to `handle`; those it throws at come again after a back-off. As the functions do it, in few words. */
export const failingApart =
  (
    client: AwsClient,
    queue: TestQueue,
    backoff: QueuePolicy['backoff'],
    failuresOf: (records: readonly SQSRecord[]) => Promise<readonly string[]>,
  ) =>
  async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const failedIds = await failuresOf(Records).catch(() => Records.map(({ messageId }) => messageId));
    const again = Records.filter(({ messageId }) => failedIds.includes(messageId));
    for (const { receiptHandle, attributes } of again) {
      const seconds = backoffWithJitter(Number(attributes.ApproximateReceiveCount), backoff.baseSeconds, backoff.maxSeconds);
      await postponeMessage(client, queue.url, receiptHandle, seconds);
    }
    return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };

/** Dead letters on a table of their own, and what takes them out of a dead letter queue. */
export const makeDeadLetters = async (client: AwsClient) => {
  const { tableName } = await createTable(client, {});
  const environment = emulatorEnvironment('ministack');
  const letters = tableDeadLetters({
    table: dynamoTable({ tableName, declaration: {}, client, clock: systemClock }),
    clock: systemClock,
    send: ({ deadLetterQueue, queue, message }) => sendText(client, queueUrlOf(deadLetterQueue, environment, queue), message),
  });

  /** `bodyOf` gives what was sent of what was received. */
  const collect = (queue: WorkQueue, source: string, attempts: number, bodyOf: (text: string) => Json) =>
    poll({ client, queue: queue.deadLetters, batchSize: 10 }, async ({ Records }) => {
      for (const { messageId: id, body: message, eventSourceARN: deadLetterQueue } of Records) {
        const body = bodyOf(message);
        const reason = `${attempts} attempts failed; the log knows why.`;
        const sent = { id, source, tenant: tenantInBody(body), body, reason, attempts, diedAt: systemClock.now().toISOString() };
        await letters.bury({ ...sent, deadLetterQueue, queue: queue.name, message });
      }
      return { batchItemFailures: [] };
    });
  return { port: letters.port, collect };
};

export const makeQueueOf = ({ attempts, visibilitySeconds }: QueuePolicy, client: AwsClient): Promise<WorkQueue> =>
  makeWorkQueue(client, { attempts, visibilitySeconds });
