import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Json } from '../../../domain/kernel/json.ts';
import type { Message, Worker } from '../../../domain/kernel/queue.ts';
import type { BoundContext } from '../bound-context.ts';
import { functionsOf } from '../functions.ts';
import { workOf, worksByQueue, worksOf } from '../works.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';
import { attemptOf, comeAgain, nameIn } from './messages.ts';

/** Hands the messages of queues to the workers of these contexts. */
export const queuesFunction = (bound: readonly BoundContext[], lambda: Lambda): LambdaHandler<SQSEvent, SQSBatchResponse> => {
  const { portsFor } = functionsOf(bound, lambda);
  const works = worksByQueue(worksOf(bound, portsFor), lambda.environment);
  return called(lambda, async ({ Records: records }: SQSEvent) => {
    // A batch comes from one queue.
    const work = workOf(works, nameIn(records[0]?.eventSourceARN ?? ''));
    const failures = await failuresOf(records, work.worker);
    return comeAgain(failures, lambda, work.policy.backoff);
  });
};

type Failed = { readonly record: SQSRecord; readonly error: unknown };

const failuresOf = async (records: readonly SQSRecord[], worker: Worker): Promise<readonly Failed[]> => {
  const readable: Message[] = [];
  const errors = new Map<string, unknown>();
  for (const record of records) {
    try {
      readable.push({ id: record.messageId, body: JSON.parse(record.body) as Json, attempt: attemptOf(record) });
    } catch (error) {
      errors.set(record.messageId, error);
    }
  }
  const { failed: ids, error } = await outcomeOf(readable, worker);
  for (const id of ids) errors.set(id, error);
  return records.flatMap((record) => (errors.has(record.messageId) ? [{ record, error: errors.get(record.messageId) }] : []));
};

/** A throw fails the whole batch. */
const outcomeOf = async (
  batch: readonly Message[],
  worker: Worker,
): Promise<{ readonly failed: readonly string[]; readonly error: unknown }> => {
  if (batch.length === 0) return { failed: [], error: undefined };
  try {
    const { failed: ids } = await worker(batch);
    return { failed: ids, error: 'the worker says so' };
  } catch (error) {
    return { failed: batch.map(({ id }) => id), error };
  }
};
