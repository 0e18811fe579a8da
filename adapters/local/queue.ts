import type { Clock } from '../../domain/kernel/clock.ts';
import type { Ids } from '../../domain/kernel/ids.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { tenantInBody } from '../../domain/kernel/message-rules.ts';
import type { Queue, QueuePolicy, Worker } from '../../domain/kernel/queue.ts';
import { startDeliveries, type Working } from './deliveries.ts';
import { messagesAt, prepareMessages } from './messages.ts';
import type { LocalStore } from './store.ts';

export type LocalQueueOptions = {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Whose a dead letter is; unless told, the body's `tenantid` or `tenant`, else the platform's. */
  readonly tenantOf?: (body: Json) => string;
  /** Batches that run at once; 4 unless told. */
  readonly concurrency?: number;
  readonly onFailure?: (error: unknown) => void;
};

export type LocalQueue = Queue & { work(worker: Worker): Working };

/** The `Queue` port on the local store, and the worker that a function's queue has. Messages and attempts survive restarts. */
export const localQueue = (store: LocalStore, name: string, policy: QueuePolicy, options: LocalQueueOptions): LocalQueue => {
  const { clock, ids, tenantOf = tenantInBody, concurrency = 4, onFailure } = options;
  const address = `queue/${name}`;
  const messages = messagesAt(store, address, policy, { clock, ids, tenantOf, source: name });
  return {
    async send(outgoing) {
      const prepared = prepareMessages(outgoing, clock, ids);
      if (prepared.length > 0) await store.inner.commit.write((transaction) => messages.enqueue(transaction, prepared));
    },
    work: (worker) =>
      startDeliveries(
        messages,
        store.inner.channel(address),
        async (batch) => reasonsOf(await worker(batch.map(({ id, body, attempt }) => ({ id, body, attempt })))),
        {
          clock,
          batchSize: policy.batchSize,
          concurrency,
          onFailure,
        },
      ),
  };
};

const reasonsOf = ({ failed }: { readonly failed: readonly string[] }): ReadonlyMap<string, string> =>
  new Map(failed.map((id) => [id, 'The worker reported that it failed.']));
