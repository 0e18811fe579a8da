import type { QueuePolicy, Worker } from '../../domain/kernel/queue.ts';
import { queueConformance } from '../conformance/queue.ts';
import { systemClock } from '../system/system-clock.ts';
import { blobObjectStore } from './object-store.ts';
import { bodyOf, storageQueue } from './queue.ts';
import { identifiedClient, makeContainer } from './test-azurite.ts';
import { startCosmosUnderTest } from './test-cosmos.ts';
import { makeDeadLetters, makeWorkQueue, poll, type WorkQueue } from './test-deliveries.ts';

const { client: identified } = identifiedClient();

queueConformance('azurite', async () => {
  const client = identified();
  const cosmos = await startCosmosUnderTest();
  const letters = makeDeadLetters(client, cosmos);
  const largeEvents = blobObjectStore({ client, containerUrl: await makeContainer(), clock: systemClock });
  const running: { stop(): Promise<void> }[] = [];
  let [policy, queue] = [undefined as QueuePolicy | undefined, undefined as WorkQueue | undefined];
  const stopAll = async () => void (await Promise.all(running.splice(0).map((one) => one.stop())));
  const made = () => {
    if (policy === undefined || queue === undefined) throw new TypeError('the queue comes first');
    return { policy, queue };
  };
  const open = () => {
    running.push(letters.collect(made().queue, 'chores', made().policy.attempts, (json) => bodyOf(json, largeEvents)));
    return storageQueue({ client, queueUrl: made().queue.url, largeEvents });
  };
  return {
    lateMillis: 500,
    async queue(declared) {
      policy = declared;
      queue = await makeWorkQueue();
      return open();
    },
    async restart() {
      await stopAll();
      return open();
    },
    work(worker: Worker) {
      const { policy: asked, queue: from } = made();
      const one = poll(client, from, asked, async (batch) => {
        const messages = await Promise.all(
          batch.map(async ({ id, json, attempt }) => ({ id, attempt, body: await bodyOf(json, largeEvents) })),
        );
        return (await worker(messages)).failed;
      });
      running.push(one);
      return one;
    },
    deadLetters: () => letters.port,
    async dispose() {
      await stopAll();
      await cosmos.close();
    },
  };
});
