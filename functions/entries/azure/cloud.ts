import type { DoorbellCloud } from '../doorbell/cloud.ts';

/** A received message of a Storage Queue: both are needed to change it (Update Message). */
export type Receipt = { readonly id: string; readonly popReceipt: string };

/**
 * What the entries ask of Azure beside the ports: `openCloud` of `adapters/azure` gives it, from the environment variables of an app. `eventOf` gets
 * a CloudEvent and `bodyOf` a work queue's message, both the parsed JSON of a queue's message; `partitionOf` a document of the change feed. What was
 * given up names in `queue` the queue (`models-jobs`, of the account at `HYBRID_STORAGE__queueServiceUri`) that a redrive sends `message` to. The
 * store `platform.undelivered` (`HYBRID_OBJECTS_PLATFORM_UNDELIVERED`) is the container that Event Grid puts into what it could not deliver.
 */
export type AzureCloud = DoorbellCloud & {
  /** Hides a received message for so many seconds (0 to 604,800) from now on; the queue by its name. */
  readonly postpone: (queue: string, receipt: Receipt, seconds: number) => Promise<void>;
  /** What Cosmos DB charged this instance since it was last asked, in request units. */
  readonly takeRequestUnits: () => number;
  /** Puts a message's text (JSON, not in base64) into the queue's poison queue, `<queue>-poison`. */
  readonly poison: (queue: string, message: string) => Promise<void>;
};
