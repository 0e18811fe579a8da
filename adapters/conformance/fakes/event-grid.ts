import { randomBytes } from 'node:crypto';
import { eventsOf, type PublishedEvent, refusedPublish } from './event-grid/cloud-events.ts';
import { deliver, type EventSubscription, type Timing } from './event-grid/delivery.ts';
import { filterProblem, matchesFilter } from './event-grid/filters.ts';
import { type FakeRequest, type RunningFake, startFake } from './server.ts';
import { stoppableTimers } from './timers.ts';
import { checkToken } from './tokens.ts';

export type { EventSubscription } from './event-grid/delivery.ts';
export { storageQueue, storageQueueAt, webhook } from './event-grid/destinations.ts';
export type { EventSubscriptionFilter } from './event-grid/filters.ts';

export type EventGridOptions = {
  /** Real milliseconds for each second of the retry schedule, whose first step is 10 s: 1,000 is real time, 1 a test's. */
  readonly millisPerSecond?: number;
};

export type RunningEventGrid = RunningFake & {
  /** Where events are published to: the topic's endpoint. */
  readonly endpoint: string;
  readonly key: string;
  /** Makes or replaces a subscription. Throws where its filter is over a limit or its webhook does not want it. */
  subscribe(subscription: EventSubscription): Promise<void>;
  unsubscribe(name: string): void;
  /** Resolves when nothing is under way: all is delivered, a dead letter or dropped. */
  settled(): Promise<void>;
};

/** A custom topic of Azure Event Grid with the CloudEvents 1.0 schema (https://learn.microsoft.com/azure/event-grid/). Order is not kept. */
export const startEventGrid = async ({ millisPerSecond = 1 }: EventGridOptions = {}): Promise<RunningEventGrid> => {
  const key = randomBytes(32).toString('base64');
  const subscriptions = new Map<string, EventSubscription>();
  const underWay = new Set<Promise<void>>();
  const { wait, stop } = stoppableTimers();
  const timing: Timing = { millisPerSecond, wait, now: Date.now };
  let closed = false;

  const fanOut = (event: PublishedEvent): void => {
    for (const subscription of subscriptions.values()) {
      if (!matchesFilter(subscription.filter ?? {}, event)) continue;
      const isGone = (): boolean => closed || !subscriptions.has(subscription.name);
      const delivering = deliver(event, subscription, timing, isGone).finally(() => underWay.delete(delivering));
      underWay.add(delivering);
    }
  };

  const fake = await startFake((request) => {
    const events = publishedBy(request, key);
    for (const event of events) fanOut(event);
    return { status: 200 };
  });

  return {
    ...fake,
    endpoint: `${fake.url}/api/events`,
    key,
    async subscribe(subscription) {
      const problem = filterProblem(subscription.filter ?? {});
      if (problem !== undefined) throw new TypeError(problem);
      await subscription.destination.handshake?.();
      subscriptions.set(subscription.name, subscription);
    },
    unsubscribe: (name) => void subscriptions.delete(name),
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      closed = true;
      stop();
      await Promise.all(underWay);
      await fake.close();
    },
  };
};

/** Throws `Refusal`. */
const publishedBy = (request: FakeRequest, key: string): readonly PublishedEvent[] => {
  if (request.path !== '/api/events' || request.method !== 'POST') throw refusedPublish(404, 'NotFound', 'The endpoint is not found.');
  if (request.query.get('api-version') !== '2018-01-01') throw refusedPublish(400, 'BadRequest', 'The api-version is not supported.');
  const problem = credentialProblem(request, key);
  if (problem !== undefined) throw refusedPublish(401, 'Unauthorized', problem);
  return eventsOf(request);
};

const credentialProblem = ({ header }: FakeRequest, key: string): string | undefined => {
  const sent = header('aeg-sas-key');
  if (sent !== undefined) return sent === key ? undefined : 'The request authorization key is not authorized for this topic.';
  const bearer = /^Bearer (.+)$/.exec(header('authorization') ?? '')?.[1];
  if (bearer === undefined) return 'The request has neither a key nor a token.';
  return checkToken(bearer, { audiences: ['https://eventgrid.azure.net'], now: Date.now() });
};
