import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffWithJitter } from '../../domain/kernel/backoff.ts';
import { tenantInBody } from '../../domain/kernel/message-rules.ts';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import { matchesPubSubFilter, parsePubSubFilter } from '../conformance/fakes/pubsub-filter.ts';
import { systemClock } from '../system/system-clock.ts';
import type { GcpClient } from './client.ts';
import { pubSubDeadLetters } from './dead-letters.ts';
import { redriveAttribute } from './pub-sub.ts';
import { pubSub } from './services.ts';
import { firestoreTable } from './table.ts';
import { testCollection } from './test-emulator.ts';

export type Received = {
  readonly id: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly attempt: number;
};
export type Running = { stop(): Promise<void> };

type Pulled = {
  readonly ackId: string;
  readonly deliveryAttempt?: number;
  readonly message: { readonly messageId: string; readonly data?: string; readonly attributes?: Readonly<Record<string, string>> };
};

export const makeTopic = async (client: GcpClient): Promise<string> => {
  const topic = `projects/project/topics/topic-${randomUUID()}`;
  await client.call(pubSub, { operation: 'CreateTopic', method: 'PUT', path: `/v1/${topic}`, json: {} });
  return topic;
};

export type Subscription = {
  readonly name: string;
  readonly topic: string;
  readonly filter: string;
  readonly policy: QueuePolicy;
  /** Of what it gives up. */
  readonly deadLetters: string;
};

/** A subscription as the stack makes it, with a dead letter topic and a subscription to that. The emulator takes an acknowledgement deadline from 1 s on, Pub/Sub from 10 s. */
export const makeSubscription = async (client: GcpClient, topic: string, policy: QueuePolicy, filter = ''): Promise<Subscription> => {
  const [name, deadLetters] = ['subscription', 'dead'].map((kind) => `projects/project/subscriptions/${kind}-${randomUUID()}`) as [
    string,
    string,
  ];
  const deadLetterTopic = await makeTopic(client);
  const put = (path: string, json: object) =>
    client.call(pubSub, { operation: 'CreateSubscription', method: 'PUT', path: `/v1/${path}`, json });
  await put(deadLetters, { topic: deadLetterTopic });
  await put(name, {
    topic,
    ackDeadlineSeconds: Math.ceil(policy.visibilitySeconds),
    deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: policy.attempts },
    ...(filter !== '' && { filter }),
  });
  return { name, topic, filter, policy, deadLetters };
};

const messagesAtOnce = 20;
const pollMillis = 5;

/** Receives and hands over one message at a time, many at once, as Pub/Sub pushes: what throws comes again after a back-off. */
export const receiveAll = (
  client: GcpClient,
  subscription: string,
  backoff: QueuePolicy['backoff'],
  handle: (message: Received) => Promise<void>,
): Running => {
  const post = <Output>(verb: string, json: object) =>
    client.call<Output>(pubSub, { operation: verb, path: `/v1/${subscription}:${verb}`, json });
  const running = new Set<Promise<void>>();
  let stopped = false;

  const deliver = async ({ ackId, deliveryAttempt = 1, message }: Pulled): Promise<void> => {
    const text = Buffer.from(message.data ?? '', 'base64').toString();
    const received = { id: message.messageId, text, attributes: message.attributes ?? {}, attempt: deliveryAttempt };
    try {
      await handle(received);
      await post('acknowledge', { ackIds: [ackId] });
    } catch {
      await sleep(1000 * backoffWithJitter(deliveryAttempt, backoff.baseSeconds, backoff.maxSeconds));
      await post('modifyAckDeadline', { ackIds: [ackId], ackDeadlineSeconds: 0 });
    }
  };

  const pull = async (): Promise<readonly Pulled[]> => {
    const { receivedMessages = [] } = await post<{ receivedMessages?: readonly Pulled[] }>('pull', {
      maxMessages: messagesAtOnce - running.size,
      returnImmediately: true,
    });
    return receivedMessages;
  };

  const work = async (): Promise<void> => {
    while (!stopped) {
      const messages = running.size < messagesAtOnce ? await pull() : [];
      // What was on its way when this was stopped is whose asks next.
      if (stopped && messages.length > 0)
        await post('modifyAckDeadline', { ackIds: messages.map(({ ackId }) => ackId), ackDeadlineSeconds: 0 });
      if (stopped) break;
      for (const message of messages) {
        const call = deliver(message).finally(() => running.delete(call));
        running.add(call);
      }
      if (messages.length === 0) await sleep(pollMillis);
    }
    await Promise.all(running);
  };
  const ended = work();
  return {
    stop: () => {
      stopped = true;
      return ended;
    },
  };
};

/** As the functions do: what the filter (which the emulator does not know) leaves out, or is sent again to another, is done. */
export const listen = (
  client: GcpClient,
  { name, filter, policy }: Subscription,
  as: string,
  handle: (message: Received) => Promise<void>,
): Running => {
  const asked = parsePubSubFilter(filter);
  return receiveAll(client, name, policy.backoff, async (message) => {
    const { [redriveAttribute]: to = as } = message.attributes;
    if (to === as && matchesPubSubFilter(asked, message.attributes)) await handle(message);
  });
};

/** Dead letters on a table of their own, and what takes them out of a dead letter topic. */
export const makeDeadLetters = (client: GcpClient) => {
  const table = firestoreTable({ collection: testCollection(), declaration: {}, client, clock: systemClock });
  const { port, bury } = pubSubDeadLetters({ table, client, clock: systemClock });
  const collect = ({ deadLetters, topic, policy }: Subscription, source: string): Running =>
    receiveAll(client, deadLetters, policy.backoff, async ({ id, text, attributes }) => {
      const attempts = Number(attributes.CloudPubSubDeadLetterSourceDeliveryCount);
      const body = JSON.parse(text);
      const reason = `${attempts} attempts failed; the log knows why.`;
      const letter = { id, source, tenant: tenantInBody(body), body, reason, attempts, diedAt: systemClock.now().toISOString() };
      await bury({ ...letter, deadLetterQueue: deadLetters, queue: topic, message: text });
    });
  return { port, collect };
};
