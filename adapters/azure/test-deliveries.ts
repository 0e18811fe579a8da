import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueClient } from '@azure/storage-queue';
import { backoffWithJitter } from '../../domain/kernel/backoff.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { tenantInBody } from '../../domain/kernel/message-rules.ts';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import { tableDeadLetters } from '../cloud/dead-letters.ts';
import { systemClock } from '../system/system-clock.ts';
import type { AzureClient } from './client.ts';
import { postponeMessage, sendText } from './queue.ts';
import { cosmosTable } from './table.ts';
import { makeQueue, vendorQueues } from './test-azurite.ts';
import type { CosmosUnderTest } from './test-cosmos.ts';

/** A message as the host of Functions hands it over: its text parsed, and what is needed to change it. */
export type Delivered = {
  readonly id: string;
  readonly popReceipt: string;
  readonly attempt: number;
  readonly text: string;
  readonly json: Json;
};

export type WorkQueue = { readonly name: string; readonly url: string; readonly poison: string };

const queueNamed = (name: string): QueueClient => vendorQueues().getQueueClient(name);
const nameIn = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/** A queue, and the one for what is given up, as the stack makes them. */
export const makeWorkQueue = async (): Promise<WorkQueue> => {
  const url = await makeQueue();
  const name = nameIn(url);
  return { name, url, poison: await makeQueue(`${name}-poison`) };
};

const pollMillis = 10;
const batchesAtOnce = 5;

/**
 * Receives by the vendor's client and calls a handler as the host of Functions does: what it does not name as failed is deleted. What was delivered
 * often enough goes into the poison queue. Visibility is in whole seconds.
 */
export const poll = (
  client: AzureClient,
  queue: WorkQueue,
  policy: QueuePolicy,
  handle: (batch: readonly Delivered[]) => Promise<readonly string[]>,
): { stop(): Promise<void> } => {
  const from = queueNamed(queue.name);
  const running = new Set<Promise<void>>();
  let stopped = false;

  const giveUp = async ({ id, popReceipt, text }: Delivered): Promise<void> => {
    await sendText(client, queue.poison, text);
    await from.deleteMessage(id, popReceipt);
  };
  const invoke = async (batch: readonly Delivered[]): Promise<void> => {
    const failedIds = await handle(batch).catch(() => batch.map(({ id }) => id));
    for (const message of batch) {
      if (!failedIds.includes(message.id)) await from.deleteMessage(message.id, message.popReceipt).catch(() => undefined);
      else if (message.attempt >= policy.attempts) await giveUp(message);
      else
        await postponeMessage(
          client,
          queue.url,
          message,
          backoffWithJitter(message.attempt, policy.backoff.baseSeconds, policy.backoff.maxSeconds),
        );
    }
  };
  const receive = async (): Promise<readonly Delivered[]> => {
    const visibilityTimeout = Math.max(1, Math.ceil(policy.visibilitySeconds));
    const { receivedMessageItems } = await from.receiveMessages({ numberOfMessages: policy.batchSize, visibilityTimeout });
    const messages = receivedMessageItems.map(({ messageId, popReceipt, dequeueCount, messageText }) => {
      const text = Buffer.from(messageText, 'base64').toString();
      return { id: messageId, popReceipt, attempt: dequeueCount, text, json: JSON.parse(text) as Json };
    });
    // Those that no delivery ever completed.
    for (const message of messages) if (message.attempt > policy.attempts) await giveUp(message);
    return messages.filter(({ attempt }) => attempt <= policy.attempts);
  };
  const work = async (): Promise<void> => {
    while (!stopped) {
      const messages = running.size < batchesAtOnce ? await receive() : [];
      if (messages.length === 0) await sleep(pollMillis);
      if (messages.length === 0) continue;
      const call = invoke(messages).finally(() => running.delete(call));
      running.add(call);
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

/** Dead letters on a table of their own, and what takes them out of a poison queue. */
export const makeDeadLetters = (client: AzureClient, cosmos: CosmosUnderTest) => {
  const letters = tableDeadLetters({
    table: cosmosTable({ place: cosmos.place({}), declaration: {}, client: cosmos.client, clock: systemClock }),
    clock: systemClock,
    send: ({ queue, message }) => sendText(client, queueNamed(queue).url, message),
  });
  const policy: QueuePolicy = { attempts: 5, visibilitySeconds: 30, batchSize: 10, backoff: { baseSeconds: 1, maxSeconds: 1 } };

  /** `bodyOf` gives what was sent of what was received. */
  const collect = (of: WorkQueue, source: string, attempts: number, bodyOf: (json: Json) => Promise<Json>) => {
    const poisoned = { name: nameIn(of.poison), url: of.poison, poison: of.poison };
    return poll(client, poisoned, policy, async (batch) => {
      for (const { id, text, json } of batch) {
        const body = await bodyOf(json);
        const reason = `${attempts} attempts failed; the log knows why.`;
        const sent = { id, source, tenant: tenantInBody(body), body, reason, attempts, diedAt: systemClock.now().toISOString() };
        await letters.bury({ ...sent, deadLetterQueue: poisoned.name, queue: of.name, message: text });
      }
      return [];
    });
  };
  return { port: letters.port, collect };
};
