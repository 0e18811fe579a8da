import type { Json } from '../../domain/kernel/json.ts';
import type { QueuePolicy, Worker } from '../../domain/kernel/queue.ts';
import { startCloudTasks } from '../conformance/fakes/cloud-tasks.ts';
import { queueConformance } from '../conformance/queue.ts';
import { pubSubQueue } from './queue.ts';
import { cloudTasks } from './services.ts';
import { emulatorClient } from './test-emulator.ts';
import { listen, makeDeadLetters, makeSubscription, makeTopic, type Running, type Subscription } from './test-subscriptions.ts';

const location = 'projects/project/locations/europe-west1';

queueConformance('Pub/Sub emulator', async () => {
  const fake = await startCloudTasks();
  const client = emulatorClient({ HYBRID_CLOUDTASKS_ENDPOINT: fake.url });
  const tasks = { queue: `${location}/queues/chores` };
  await client.call(cloudTasks, { operation: 'CreateQueue', path: `/v2/${location}/queues`, json: { name: tasks.queue } });
  const letters = makeDeadLetters(client);
  const running: Running[] = [];
  let subscription: Subscription | undefined;
  const stopAll = async () => void (await Promise.all(running.splice(0).map((one) => one.stop())));
  const made = (): Subscription => {
    if (subscription === undefined) throw new TypeError('the queue comes first');
    return subscription;
  };
  const open = () => {
    running.push(letters.collect(made(), 'chores'));
    return pubSubQueue({ client, topic: made().topic, tasks });
  };
  return {
    lateMillis: 500,
    async queue(policy: QueuePolicy) {
      subscription = await makeSubscription(client, await makeTopic(client), policy);
      return open();
    },
    async restart() {
      await stopAll();
      return open();
    },
    work(worker: Worker) {
      const one = listen(client, made(), 'chores', async ({ id, text, attempt }) => {
        const { failed } = await worker([{ id, body: JSON.parse(text) as Json, attempt }]);
        if (failed.length > 0) throw new TypeError('it failed');
      });
      running.push(one);
      return one;
    },
    deadLetters: () => letters.port,
    async dispose() {
      await stopAll();
      await fake.close();
    },
  };
});
