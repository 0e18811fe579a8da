import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { failed, Rejected } from '../../../domain/kernel/failure.ts';
import type { Json } from '../../../domain/kernel/json.ts';
import type { Message, QueuePolicy, Worker } from '../../../domain/kernel/queue.ts';
import { queueOf, resourceVariable } from '../../kernel/resources.ts';
import { type BoundContext, workerOf } from '../bound-context.ts';
import { functionsOf } from './functions.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';
import { attemptOf, comeAgain } from './messages.ts';
import { nameIn } from './subscriptions.ts';

type Work = { readonly worker: Worker; readonly policy: QueuePolicy };

/** Hands the messages of queues to the workers of these contexts. */
export const queuesFunction = (bound: readonly BoundContext[], lambda: Lambda): LambdaHandler<SQSEvent, SQSBatchResponse> => {
  const { portsFor } = functionsOf(bound, lambda);
  const byQueue = new Map<string, Work>();
  for (const context of bound)
    for (const [queue, { policy }] of Object.entries(context.declaration.queues)) {
      const url = lambda.environment[resourceVariable(queueOf(context.declaration.name, queue))];
      const worker = workerOf(context, queue, portsFor(context.declaration));
      if (url !== undefined) byQueue.set(url.slice(url.lastIndexOf('/') + 1), { worker, policy });
    }
  return called(lambda, async ({ Records: records }: SQSEvent) => {
    const work = workOf(byQueue, records);
    const failures = await failuresOf(records, work.worker);
    return comeAgain(failures, lambda, work.policy.backoff);
  });
};

/** A batch comes from one queue. */
const workOf = (byQueue: ReadonlyMap<string, Work>, [first]: readonly SQSRecord[]): Work => {
  const queue = nameIn(first?.eventSourceARN ?? '');
  const work = byQueue.get(queue);
  if (work === undefined) throw new Rejected(failed('invalid', 'unknown-queue', `No queue that is worked off here is called "${queue}".`));
  return work;
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
