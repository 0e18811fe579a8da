import type { CloudEvent } from './cloud-event.ts';
import type { QueuePolicy } from './queue.ts';

/** Publishes to every subscriber whose filter matches. What is acknowledged reaches each of them at least once, also across restarts. */
export type EventBus = { publish(events: readonly CloudEvent[]): Promise<void> };

/** Exact event types, or `'*'` for all. */
export type EventFilter = { readonly types: readonly string[] | '*' };

/** A throw means: deliver again after a back-off, in the end to the dead letters. Handlers are idempotent by (source, id). */
export type EventHandler = (event: CloudEvent) => Promise<void>;

export type Subscriber = { readonly name: string; readonly filter: EventFilter; readonly policy: QueuePolicy };
