import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { EventFilter, Subscriber } from '../../domain/kernel/event-bus.ts';
import { eventBusConformance } from '../conformance/event-bus.ts';
import { pubSubBus } from './event-bus.ts';
import { emulatorClient } from './test-emulator.ts';
import { listen, makeDeadLetters, makeSubscription, makeTopic, type Running, type Subscription } from './test-subscriptions.ts';

/** As the stack makes it. */
const filterOf = ({ types }: EventFilter): string =>
  types === '*' ? '' : types.map((type) => `attributes."ce-type" = "${type}"`).join(' OR ');

eventBusConformance('Pub/Sub emulator', async () => {
  const client = emulatorClient();
  const topic = await makeTopic(client);
  const letters = makeDeadLetters(client);
  const subscriptions = new Map<string, Subscription>();
  const running: Running[] = [];
  const stop = async () => void (await Promise.all(running.splice(0).map((one) => one.stop())));

  const subscriptionOf = async ({ name, filter, policy }: Subscriber): Promise<Subscription> => {
    const made = subscriptions.get(name) ?? (await makeSubscription(client, topic, policy, filterOf(filter)));
    subscriptions.set(name, made);
    return made;
  };

  return {
    async bus(subscribed) {
      await stop();
      for (const { subscriber, handler } of subscribed) {
        const subscription = await subscriptionOf(subscriber);
        running.push(listen(client, subscription, subscriber.name, ({ text }) => handler(JSON.parse(text) as CloudEvent)));
        running.push(letters.collect(subscription, subscriber.name));
      }
      return { ...pubSubBus({ client, topic }), stop };
    },
    deadLetters: () => letters.port,
    dispose: stop,
  };
});
