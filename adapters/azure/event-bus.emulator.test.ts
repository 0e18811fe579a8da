import type { Subscriber } from '../../domain/kernel/event-bus.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { eventOf } from '../cloud/large-events.ts';
import { eventBusConformance } from '../conformance/event-bus.ts';
import { startEventGrid, storageQueue } from '../conformance/fakes/event-grid.ts';
import { systemClock } from '../system/system-clock.ts';
import { eventGridBus } from './event-bus.ts';
import { blobObjectStore } from './object-store.ts';
import { identifiedClient, makeContainer, vendorQueues } from './test-azurite.ts';
import { startCosmosUnderTest } from './test-cosmos.ts';
import { makeDeadLetters, makeWorkQueue, poll, type WorkQueue } from './test-deliveries.ts';

const { client: identified } = identifiedClient();

eventBusConformance('fakes of Azure', async () => {
  const client = identified();
  const [cosmos, topic] = await Promise.all([startCosmosUnderTest(), startEventGrid()]);
  const letters = makeDeadLetters(client, cosmos);
  const largeEvents = blobObjectStore({ client, containerUrl: await makeContainer(), clock: systemClock });
  const queues = new Map<string, WorkQueue>();
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => void (await Promise.all(running.splice(0).map((one) => one.stop())));

  /** As the stack makes a subscriber: a subscription of the topic that puts into a queue. */
  const queueOf = async ({ name, filter }: Subscriber): Promise<WorkQueue> => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const made = await makeWorkQueue();
    const queue = vendorQueues().getQueueClient(made.name);
    const put = async (text: string): Promise<number> => (await queue.sendMessage(text))._response.status;
    const types = filter.types === '*' ? {} : { filter: { includedEventTypes: filter.types } };
    await topic.subscribe({ name, ...types, destination: storageQueue(put) });
    queues.set(name, made);
    return made;
  };

  return {
    async bus(subscriptions) {
      await stop();
      for (const { subscriber, handler } of subscriptions) {
        const queue = await queueOf(subscriber);
        const { name, policy } = subscriber;
        running.push(
          poll(client, queue, policy, async (batch) => {
            const told = await Promise.allSettled(batch.map(async ({ json }) => handler(await eventOf(json, largeEvents))));
            return batch.filter((_, index) => told[index]?.status === 'rejected').map(({ id }) => id);
          }),
        );
        running.push(letters.collect(queue, name, policy.attempts, async (json: Json) => json));
      }
      return { ...eventGridBus({ client, endpoint: topic.url, largeEvents }), stop };
    },
    deadLetters: () => letters.port,
    async dispose() {
      await stop();
      await Promise.all([topic.close(), cosmos.close()]);
    },
  };
});
