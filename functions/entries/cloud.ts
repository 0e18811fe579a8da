import type { ExportWriter } from '../../domain/billing/export-writer.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { EventBus } from '../../domain/kernel/event-bus.ts';
import type { Ids } from '../../domain/kernel/ids.ts';
import type { ModelHost } from '../../domain/kernel/model-host.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import type { DeadLetter, DeadLetters, Queue, QueuePolicy } from '../../domain/kernel/queue.ts';
import type { Table, TableDeclaration } from '../../domain/kernel/table.ts';

/**
 * What every target gives the functions. Resources are named by their context: `models.registry`, `models.artifacts`. Making a port asks nothing
 * of the network and fails for nothing: what is missing or not granted shows when the port is used.
 */
export type Cloud = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly modelHost: ModelHost;
  readonly deadLetters: DeadLetters;
  readonly exportWriter: ExportWriter;
  /** `changes` says whether a stream of its changes is kept, where making the table decides that. */
  readonly table: (name: string, declaration: TableDeclaration & { readonly changes: boolean }) => Table;
  readonly objects: (name: string) => ObjectStore;
  readonly queue: (name: string, policy: QueuePolicy) => Queue;
  /**
   * Resolves when the consumers of a table's changes have handled what was written before to these partitions. `partitions` may be many, and none
   * twice; the laptop, which knows of each consumer how far it is, does not look at them.
   */
  readonly settled: (table: string, partitions: AsyncIterable<string>) => Promise<void>;
};

/** A message that was given up, as it is kept: what the port shows, and what a redrive sends back to where it died. */
export type GivenUp = DeadLetter & {
  /** What it came by, and the queue (or topic) that gave it up, as the cloud names them. */
  readonly deadLetterQueue: string;
  readonly queue: string;
  /** The body as it was sent. */
  readonly message: string;
};

/** What the entries ask of any cloud beside the ports, where the cloud itself delivers to functions. */
export type DeliveringCloud = Cloud & {
  readonly bus: EventBus;
  /** An event as the bus delivered it; its data is fetched where it only refers to them (`dataref`). */
  readonly eventOf: (delivered: unknown) => Promise<CloudEvent>;
  /** Keeps what was given up, once by its id. */
  readonly bury: (letter: GivenUp) => Promise<void>;
};
