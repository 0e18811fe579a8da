import type { Clock } from '../../domain/kernel/clock.ts';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { EventBus, EventFilter, EventHandler, Subscriber } from '../../domain/kernel/event-bus.ts';
import type { Ids } from '../../domain/kernel/ids.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { tenantInBody } from '../../domain/kernel/message-rules.ts';
import { type Delivery, reasonOf, startDeliveries, type Working } from './deliveries.ts';
import { type Messages, messagesAt, prepareMessages } from './messages.ts';
import type { LocalStore } from './store.ts';

export type Subscription = { readonly subscriber: Subscriber; readonly handler: EventHandler };

export type LocalEventBusOptions = {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Batches that one subscriber runs at once; 4 unless told. */
  readonly concurrency?: number;
  /** Hears of every delivery that failed, with the subscriber's name. */
  readonly onFailure?: (error: unknown, subscriber: string) => void;
};

export type LocalEventBus = EventBus & {
  /** Begins deliveries. Events published before wait. */
  start(): void;
  stop(): Promise<void>;
  /** Resolves when no subscriber has anything due or running. */
  idle(): Promise<void>;
};

/** The `EventBus` port on the local store: every subscriber has its queue, and publishing is one transaction that puts the events into all that match. */
export const localEventBus = (store: LocalStore, subscriptions: readonly Subscription[], options: LocalEventBusOptions): LocalEventBus => {
  const { clock, ids } = options;
  const routes = subscriptions.map((subscription) => routeOf(store, subscription, options));
  let working: readonly Working[] = [];
  let publications = 0;

  const publish = async (events: readonly CloudEvent[]) => {
    const deliveries = routes.map(({ subscriber, messages }) => {
      const matching = events.filter((event) => matches(subscriber.filter, event));
      return {
        messages,
        prepared: prepareMessages(
          matching.map((event) => ({ body: event as unknown as Json })),
          clock,
          ids,
        ),
      };
    });
    const wanted = deliveries.filter(({ prepared }) => prepared.length > 0);
    if (wanted.length === 0) return;
    publications++;
    await store.inner.commit.write((transaction) => {
      for (const { messages, prepared } of wanted) messages.enqueue(transaction, prepared);
    });
  };

  return {
    publish,
    start() {
      if (working.length === 0) working = routes.map(({ start }) => start());
    },
    async stop() {
      await Promise.all(working.map((one) => one.stop()));
      working = [];
    },
    async idle() {
      // What one subscriber's handler publishes is another's to hear, so all must be idle with nothing published meanwhile.
      for (let seen = -1; seen !== publications; ) {
        seen = publications;
        await Promise.all(working.map((one) => one.idle()));
      }
    },
  };
};

type Route = { readonly subscriber: Subscriber; readonly messages: Messages; readonly start: () => Working };

const routeOf = (
  store: LocalStore,
  { subscriber, handler }: Subscription,
  { clock, ids, concurrency = 4, onFailure }: LocalEventBusOptions,
): Route => {
  const address = `subscriber/${subscriber.name}`;
  const messages = messagesAt(store, address, subscriber.policy, { clock, ids, tenantOf: tenantInBody, source: subscriber.name });
  const report = (error: unknown) => onFailure?.(error, subscriber.name);
  const start = () =>
    startDeliveries(messages, store.inner.channel(address), eachAlone(handler, report), {
      clock,
      batchSize: subscriber.policy.batchSize,
      concurrency,
      onFailure: report,
    });
  return { subscriber, messages, start };
};

/** One event's failure is no other's. */
const eachAlone =
  (handler: EventHandler, report: (error: unknown) => void): Delivery =>
  async (batch) => {
    const failures = new Map<string, string>();
    for (const { id, body } of batch) {
      try {
        await handler(body as unknown as CloudEvent);
      } catch (error) {
        failures.set(id, reasonOf(error));
        report(error);
      }
    }
    return failures;
  };

const matches = ({ types }: EventFilter, event: CloudEvent): boolean => types === '*' || types.includes(event.type);
