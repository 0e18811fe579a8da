import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { checkedMessage } from '../../domain/kernel/message-rules.ts';
import type { Queue } from '../../domain/kernel/queue.ts';
import type { GcpClient } from './client.ts';
import { asSent, publishAll, publishPath } from './pub-sub.ts';
import { cloudTasks, endpointOf, pubSub } from './services.ts';

export type PubSubQueueOptions = {
  readonly client: GcpClient;
  /** `projects/<p>/topics/<t>`. */
  readonly topic: string;
  /** `projects/<p>/locations/<l>/queues/<q>`, where a delay may be asked for; and as whom its tasks publish, the function itself unless told. */
  readonly tasks?: { readonly queue: string; readonly account?: string | undefined } | undefined;
};

/** A task is at most 100 KB (quotas of Cloud Tasks), with a message in it that is in base64 twice. In bytes of JSON. */
const largestDelayed = 50 * 1024;
const tasksAtOnce = 8;

/**
 * The `Queue` port on a topic of Pub/Sub. A message with a delay is a task that publishes it when its time has come: from then on it is one like all
 * others, whose failures count. Throws `GcpError` where it is not taken; what was taken by then stays sent. A delayed message is at most 50 KB.
 */
export const pubSubQueue = ({ client, topic, tasks }: PubSubQueueOptions): Queue => {
  const later = async (text: string, delaySeconds: number): Promise<void> => {
    if (tasks === undefined)
      throw new Rejected(failed('invalid', 'delays-undeclared', 'Nobody declared that this queue is asked for delays.'));
    const serviceAccountEmail = tasks.account ?? (await client.identity.email());
    const httpRequest = {
      url: `${endpointOf(pubSub, client.environment)}${publishPath(topic)}`,
      httpMethod: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ messages: [asSent({ text, attributes: {} })] })).toString('base64'),
      oauthToken: { serviceAccountEmail },
    };
    const scheduleTime = new Date(Date.now() + delaySeconds * 1000).toISOString();
    await client.call(cloudTasks, {
      operation: 'CreateTask',
      path: `/v2/${tasks.queue}/tasks`,
      json: { task: { scheduleTime, httpRequest } },
    });
  };

  return {
    async send(messages) {
      const all = messages.map((message) => ({ text: checkedMessage(message), delaySeconds: message.delaySeconds ?? 0 }));
      const delayed = all.filter(({ delaySeconds }) => delaySeconds > 0);
      if (delayed.some(({ text }) => Buffer.byteLength(text) > largestDelayed))
        throw new Rejected(
          failed('too-large', 'message-too-large', `A message with a delay is at most ${largestDelayed} bytes of JSON on Google Cloud.`),
        );
      const now = all.filter(({ delaySeconds }) => delaySeconds === 0);
      await publishAll(
        client,
        topic,
        now.map(({ text }) => ({ text, attributes: {} })),
      );
      for (let first = 0; first < delayed.length; first += tasksAtOnce)
        await Promise.all(delayed.slice(first, first + tasksAtOnce).map(({ text, delaySeconds }) => later(text, delaySeconds)));
    },
  };
};
