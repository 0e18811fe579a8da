import type { DynamoDBRecord } from 'aws-lambda';
import type { CloudEvent } from '../../../domain/kernel/cloud-event.ts';
import type { EventBus } from '../../../domain/kernel/event-bus.ts';
import type { DeadLetter } from '../../../domain/kernel/queue.ts';
import type { Change } from '../../../domain/kernel/table.ts';
import type { Cloud } from '../cloud.ts';

/** A message that was given up, as it is kept: what the port shows, and what a redrive sends back to its queue. */
export type GivenUp = DeadLetter & {
  /** The ARN of the dead letter queue that it came by, and the name of the queue that gave it up. */
  readonly deadLetterQueue: string;
  readonly queue: string;
  /** The body as it was sent. */
  readonly message: string;
};

/** What the entries ask of AWS beside the ports: `openCloud` of `adapters/aws` gives it, from the environment variables of a function. */
export type AwsCloud = Cloud & {
  readonly bus: EventBus;
  /** The event in the `detail` of an EventBridge envelope; its data is fetched where the detail only refers to them (`dataref`). */
  readonly eventOf: (detail: unknown) => Promise<CloudEvent>;
  /** A record of a table's stream; sequences compare as strings. */
  readonly changeOf: (record: DynamoDBRecord) => Change;
  /** What `settled` writes into partitions to see how far consumers are: no change to them, and acknowledged when all before it was handled. */
  readonly markers: {
    readonly isMarker: (change: Change) => boolean;
    readonly acknowledge: (table: string, markers: readonly Change[]) => Promise<void>;
  };
  /** Hides a received message for so many seconds (0 to 43,200) from now on; the queue by its ARN. */
  readonly postpone: (queueArn: string, receiptHandle: string, seconds: number) => Promise<void>;
  /** Keeps what was given up, once by its id. */
  readonly bury: (letter: GivenUp) => Promise<void>;
};
