import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { EventBus } from '../../domain/kernel/event-bus.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { batchesOf } from '../cloud/batches.ts';
import { detailOf } from '../cloud/large-events.ts';
import type { AzureClient } from './client.ts';
import { eventGrid } from './services.ts';

export type EventGridBusOptions = {
  readonly client: AzureClient;
  /** Of the topic, as Event Grid names it: with `/api/events` or without. */
  readonly endpoint: string;
  /** Takes the data of events that are too large for the queues behind the topic. */
  readonly largeEvents: Pick<ObjectStore, 'put'>;
};

/** Of one request: 1 MB with the brackets and commas around the events (quotas of Event Grid). */
const batchLimit = { entries: 500, bytes: 1_000_000 };
/** In bytes of JSON. A queue's message has at most 64 KB in base64, so 48 KB; Event Grid may write what it was given a little otherwise. */
export const largestEvent = 46 * 1024;

/**
 * The `EventBus` port on a custom topic of Event Grid with the CloudEvents schema
 * (https://learn.microsoft.com/azure/event-grid/post-to-custom-topic). Publishes in order, a batch after the other; the topic keeps no order. Throws
 * `AzureError` where it does not take a batch, of which then nothing is published; batches before it stay published.
 */
export const eventGridBus = ({ client, endpoint, largeEvents }: EventGridBusOptions): EventBus => {
  const url = `${endpoint.replace(/(\/api\/events)?\/*$/, '')}/api/events?api-version=2018-01-01`;
  return {
    async publish(events) {
      const entries = await Promise.all(events.map((event: CloudEvent) => detailOf(event, largeEvents, largestEvent)));
      for (const batch of batchesOf(entries, (entry) => Buffer.byteLength(entry) + 1, batchLimit))
        await client.call(eventGrid, {
          operation: 'PublishCloudEvents',
          method: 'POST',
          url,
          headers: { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' },
          body: `[${batch.join(',')}]`,
        });
    },
  };
};
