import { batchesOf } from '../cloud/batches.ts';
import type { GcpClient } from './client.ts';
import { pubSub } from './services.ts';

/** A text that a topic takes, and the attributes that filters see. */
export type PubSubMessage = { readonly text: string; readonly attributes: Readonly<Record<string, string>> };

/** Of one Publish (quotas of Pub/Sub): 1,000 messages, 10 MB with the base64 and the names around them. */
const batchLimit = { entries: 1000, bytes: 6 * 1024 * 1024 };

/** As the REST API writes it (https://cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage). */
export const asSent = ({ text, attributes }: PubSubMessage) => ({ data: Buffer.from(text).toString('base64'), attributes });

export const publishPath = (topic: string): string => `/v1/${topic}:publish`;

/** Publishes in order, a batch after the other; each is taken whole or not at all. Throws `GcpError`; what was taken by then stays published. */
export const publishAll = async (client: GcpClient, topic: string, messages: readonly PubSubMessage[]): Promise<void> => {
  for (const batch of batchesOf(messages, ({ text }) => Buffer.byteLength(text), batchLimit))
    await client.call(pubSub, { operation: 'Publish', path: publishPath(topic), json: { messages: batch.map(asSent) } });
};

/** Of a message that is sent again to who gave it up: his name. All others who hear it leave it. */
export const redriveAttribute = 'hybrid-redrive';
