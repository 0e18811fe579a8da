import type { Json } from './json.ts';

export type OutgoingMessage = { readonly body: Json; readonly delaySeconds?: number };
export type Message = { readonly id: string; readonly body: Json; readonly attempt: number };

/** A work queue. What `send` acknowledged is delivered at least once, after its delay (0 to 900 s). A message is at most 256 KB of JSON (`message-too-large`). */
export type Queue = { send(messages: readonly OutgoingMessage[]): Promise<void> };

/** A worker's answer: the ids that failed and shall come again; all others are done (partial-batch failure). A throw fails the whole batch. */
export type BatchOutcome = { readonly failed: readonly string[] };
export type Worker = (batch: readonly Message[]) => Promise<BatchOutcome>;

/**
 * How a queue delivers: a message that was not completed within `visibilitySeconds` comes again; after `attempts` deliveries it becomes a dead letter.
 * A failed one waits `backoff.baseSeconds` × 2^(attempt − 1), at most `backoff.maxSeconds`, with full jitter.
 */
export type QueuePolicy = {
  readonly attempts: number;
  readonly visibilitySeconds: number;
  readonly batchSize: number;
  readonly backoff: { readonly baseSeconds: number; readonly maxSeconds: number };
};

export type DeadLetter = {
  readonly id: string;
  /** The queue or subscriber that gave up. */
  readonly source: string;
  readonly tenant: string;
  readonly body: Json;
  readonly reason: string;
  readonly attempts: number;
  readonly diedAt: string;
};

/** What was given up, over all queues and subscribers; redriving sends it again to where it died. */
export type DeadLetters = {
  list(page: {
    readonly limit?: number;
    readonly cursor?: string;
    readonly tenant?: string;
  }): Promise<{ readonly items: readonly DeadLetter[]; readonly next: string | null }>;
  get(id: string): Promise<DeadLetter | undefined>;
  /** False where there is no such dead letter (any more). */
  redrive(id: string): Promise<boolean>;
};
