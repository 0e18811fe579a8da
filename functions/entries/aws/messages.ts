import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { backoffWithJitter } from '../../../domain/kernel/backoff.ts';
import type { QueuePolicy } from '../../../domain/kernel/queue.ts';
import type { Lambda } from './lambda.ts';

type Failed = { readonly record: SQSRecord; readonly error: unknown };

/** The last part of an ARN, a queue's name, say. */
export const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

/** How often a message has been delivered, this time included. */
export const attemptOf = ({ attributes }: SQSRecord): number => Number(attributes.ApproximateReceiveCount);

/** Handles every message of a batch apart, all at once: one that fails keeps none from being done. */
export const eachMessage = async (event: SQSEvent, handle: (record: SQSRecord) => Promise<void>): Promise<readonly Failed[]> => {
  const outcomes = await Promise.allSettled(event.Records.map(handle));
  return event.Records.flatMap((record, at) => {
    const outcome = outcomes[at];
    return outcome?.status === 'rejected' ? [{ record, error: outcome.reason as unknown }] : [];
  });
};

/** Names what failed, so that only that comes again, each after a back-off of its own. */
export const comeAgain = async (
  failures: readonly Failed[],
  { cloud, log }: Lambda,
  { baseSeconds, maxSeconds }: QueuePolicy['backoff'],
): Promise<SQSBatchResponse> => {
  await Promise.all(
    failures.map(async ({ record, error }) => {
      const attempt = attemptOf(record);
      const fields = { message_id: record.messageId, queue: record.eventSourceARN, attempt };
      log.error('a delivery failed and will be made again', error, fields);
      const seconds = Math.round(backoffWithJitter(attempt, baseSeconds, maxSeconds));
      // Without a back-off of its own it comes again after the visibility time-out of its queue.
      await cloud
        .postpone(record.eventSourceARN, record.receiptHandle, seconds)
        .catch((reason: unknown) => log.warn('a back-off could not be set', { ...fields, reason: String(reason) }));
    }),
  );
  return { batchItemFailures: failures.map(({ record }) => ({ itemIdentifier: record.messageId })) };
};
