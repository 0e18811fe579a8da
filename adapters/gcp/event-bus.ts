import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { EventBus } from '../../domain/kernel/event-bus.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { GcpClient } from './client.ts';
import { type PubSubMessage, publishAll } from './pub-sub.ts';

export type PubSubBusOptions = {
  readonly client: GcpClient;
  /** `projects/<p>/topics/<t>`. */
  readonly topic: string;
};

/** In bytes of JSON: Pub/Sub takes 10 MB a message, base64 of it in a push. */
const largestEvent = 6 * 1024 * 1024;

/** A CloudEvent in structured mode; what subscriptions filter by is beside it (https://github.com/cloudevents/spec, "Google Cloud Pub/Sub protocol binding"). */
export const messageOf = (event: CloudEvent): PubSubMessage => {
  const text = JSON.stringify(event);
  if (text.length * 3 > largestEvent && Buffer.byteLength(text) > largestEvent)
    throw new Rejected(failed('too-large', 'message-too-large', `An event is at most ${largestEvent} bytes of JSON on Google Cloud.`));
  return { text, attributes: attributesOf(event) };
};

const attributesOf = ({ type, source }: Pick<CloudEvent, 'type' | 'source'>): Readonly<Record<string, string>> => ({
  'content-type': 'application/cloudevents+json',
  'ce-type': type,
  'ce-source': source,
});

/** The attributes that a text was published with: those of an event where it is one. */
export const attributesIn = (text: string): Readonly<Record<string, string>> => {
  try {
    const { specversion, type, source } = JSON.parse(text) as Partial<CloudEvent>;
    return specversion === '1.0' && type !== undefined && source !== undefined ? attributesOf({ type, source }) : {};
  } catch {
    return {};
  }
};

/** The `EventBus` port on a topic of Pub/Sub, which keeps no order. Throws `GcpError` where it does not take an event; what it had taken by then stays published. */
export const pubSubBus = ({ client, topic }: PubSubBusOptions): EventBus => ({
  publish: async (events) => publishAll(client, topic, events.map(messageOf)),
});
