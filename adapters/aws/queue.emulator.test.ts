import type { Json } from '../../domain/kernel/json.ts';
import type { QueuePolicy, Worker } from '../../domain/kernel/queue.ts';
import { queueConformance } from '../conformance/queue.ts';
import { sqsQueue } from './queue.ts';
import { failingApart, makeDeadLetters, makeQueueOf, type WorkQueue } from './test-deliveries.ts';
import { poll } from './test-poller.ts';
import { emulatorClient } from './test-tables.ts';

queueConformance('ministack', async () => {
  const client = emulatorClient('ministack');
  const letters = await makeDeadLetters(client);
  const running: { stop(): Promise<void> }[] = [];
  let policy: QueuePolicy | undefined;
  let queue: WorkQueue | undefined;
  const stopAll = async () => void (await Promise.all(running.splice(0).map((one) => one.stop())));
  const made = () => {
    if (policy === undefined || queue === undefined) throw new TypeError('the queue comes first');
    return { policy, queue };
  };
  const open = () => {
    running.push(letters.collect(made().queue, 'chores', made().policy.attempts, (text) => JSON.parse(text) as Json));
    return sqsQueue({ client, queueUrl: made().queue.url });
  };
  return {
    lateMillis: 500,
    async queue(declared) {
      policy = declared;
      queue = await makeQueueOf(declared, client);
      return open();
    },
    async restart() {
      await stopAll();
      return open();
    },
    work(worker: Worker) {
      const { policy: asked, queue: from } = made();
      const handle = failingApart(client, from, asked.backoff, async (records) => {
        const messages = records.map(({ messageId, body, attributes }) => ({
          id: messageId,
          body: JSON.parse(body) as Json,
          attempt: Number(attributes.ApproximateReceiveCount),
        }));
        return (await worker(messages)).failed;
      });
      const one = poll({ client, queue: from, batchSize: asked.batchSize }, handle);
      running.push(one);
      return one;
    },
    deadLetters: () => letters.port,
    dispose: stopAll,
  };
});
