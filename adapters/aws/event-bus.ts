import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { EventBus } from '../../domain/kernel/event-bus.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { batchesOf } from '../cloud/batches.ts';
import { detailOf } from '../cloud/large-events.ts';
import { type Backoff, retryingRest, usualBackoff } from '../cloud/retry.ts';
import type { AwsClient } from './client.ts';
import { AwsError, isTransient } from './errors.ts';
import { eventBridge } from './services.ts';

export type EventBridgeBusOptions = {
  readonly client: AwsClient;
  readonly busName: string;
  /** Takes the data of events that are too large for the bus. */
  readonly largeEvents: Pick<ObjectStore, 'put'>;
  readonly backoff?: Backoff;
};

type Entry = { readonly EventBusName: string; readonly Source: string; readonly DetailType: string; readonly Detail: string };
type Result = { readonly EventId?: string; readonly ErrorCode?: string; readonly ErrorMessage?: string };

/** Of one PutEvents: entries, and the bytes of their sources, types and details together. */
const batchLimit = { entries: 10, bytes: 256 * 1024 };
/** In bytes of JSON. EventBridge takes 256 KB for an entry, with its source and type, and a queue the same with the bus's own envelope around it. */
const largestDetail = 240 * 1024;
const bytesOf = ({ Source, DetailType, Detail }: Entry): number =>
  Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);

/**
 * The `EventBus` port on EventBridge: an event's source and type are the envelope's, and the CloudEvent as JSON is its detail. Publishes in order,
 * a batch after the other; the bus keeps no order. Throws `AwsError` where it does not take an event; what it had taken by then stays published.
 */
export const eventBridgeBus = ({ client, busName, largeEvents, backoff = usualBackoff }: EventBridgeBusOptions): EventBus => {
  const entryOf = async (event: CloudEvent): Promise<Entry> => ({
    EventBusName: busName,
    Source: event.source,
    DetailType: event.type,
    Detail: await detailOf(event, largeEvents, largestDetail),
  });

  /** Publishes entries once; those that may succeed when published again are the answer. */
  const putOnce = async (entries: readonly Entry[]): Promise<readonly Entry[]> => {
    const { FailedEntryCount, Entries } = await client.call<{ readonly FailedEntryCount: number; readonly Entries: readonly Result[] }>(
      eventBridge,
      'PutEvents',
      { Entries: entries },
    );
    if (FailedEntryCount === 0) return [];
    const hopeless = Entries.find((result) => result.ErrorCode !== undefined && isTransient(errorOf(result)) === false);
    if (hopeless) throw errorOf(hopeless);
    return entries.filter((_, index) => Entries[index]?.ErrorCode !== undefined);
  };

  return {
    async publish(events) {
      const entries = await Promise.all(events.map(entryOf));
      for (const batch of batchesOf(entries, bytesOf, batchLimit)) {
        const rest = await retryingRest(batch, putOnce, backoff);
        if (rest.length > 0) throw failure('EventsFailed', `${rest.length} of ${batch.length} events were not taken`);
      }
    },
  };
};

const failure = (code: string, message: string): AwsError =>
  new AwsError({ service: 'EventBridge', operation: 'PutEvents', code, status: 200, message });
const errorOf = ({ ErrorCode = 'InternalFailure', ErrorMessage = 'no reason was given' }: Result): AwsError =>
  failure(ErrorCode, ErrorMessage);
