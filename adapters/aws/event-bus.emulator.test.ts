import { randomUUID } from 'node:crypto';
import type { Subscriber } from '../../domain/kernel/event-bus.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { eventOf } from '../cloud/large-events.ts';
import { eventBusConformance } from '../conformance/event-bus.ts';
import type { AwsClient } from './client.ts';
import { eventBridgeBus } from './event-bus.ts';
import { s3ObjectStore } from './object-store.ts';
import { eventBridge } from './services.ts';
import { failingApart, makeDeadLetters, makeQueueOf, type WorkQueue } from './test-deliveries.ts';
import { makeBucket } from './test-emulator.ts';
import { poll } from './test-poller.ts';
import { emulatorClient } from './test-tables.ts';

/** As the stack makes a subscriber: a rule of the bus whose target is a queue. */
const subscribe = async (client: AwsClient, busName: string, { name, filter }: Subscriber, queue: WorkQueue): Promise<void> => {
  const pattern = filter.types === '*' ? { source: [{ prefix: '/' }] } : { 'detail-type': filter.types };
  const rule = { Name: name, EventBusName: busName };
  await client.call(eventBridge, 'PutRule', { ...rule, EventPattern: JSON.stringify(pattern) });
  await client.call(eventBridge, 'PutTargets', { Rule: name, EventBusName: busName, Targets: [{ Id: 'queue', Arn: queue.arn }] });
};

const detailOf = (envelope: string): Json => (JSON.parse(envelope) as { readonly detail: Json }).detail;

eventBusConformance('ministack', async () => {
  const client = emulatorClient('ministack');
  const busName = `bus-${randomUUID()}`;
  await client.call(eventBridge, 'CreateEventBus', { Name: busName });
  const letters = await makeDeadLetters(client);
  const largeEvents = s3ObjectStore({ client, bucket: await makeBucket(client) });
  const queues = new Map<string, WorkQueue>();
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => void (await Promise.all(running.splice(0).map((one) => one.stop())));

  const queueOf = async (subscriber: Subscriber): Promise<WorkQueue> => {
    const known = queues.get(subscriber.name);
    if (known !== undefined) return known;
    const made = await makeQueueOf(subscriber.policy, client);
    await subscribe(client, busName, subscriber, made);
    queues.set(subscriber.name, made);
    return made;
  };

  return {
    async bus(subscriptions) {
      await stop();
      for (const { subscriber, handler } of subscriptions) {
        const { name, policy } = subscriber;
        const queue = await queueOf(subscriber);
        const handle = failingApart(client, queue, policy.backoff, async (records) => {
          const told = await Promise.allSettled(records.map(async ({ body }) => handler(await eventOf(detailOf(body), largeEvents))));
          return records.filter((_, index) => told[index]?.status === 'rejected').map(({ messageId }) => messageId);
        });
        running.push(poll({ client, queue, batchSize: policy.batchSize }, handle));
        running.push(letters.collect(queue, name, policy.attempts, detailOf));
      }
      return { ...eventBridgeBus({ client, busName, largeEvents }), stop };
    },
    deadLetters: () => letters.port,
    dispose: stop,
  };
});
