import type { DynamoDBRecord } from 'aws-lambda';
import type { Change } from '../../../domain/kernel/table.ts';
import type { DeliveringCloud } from '../cloud.ts';

/**
 * What the entries ask of AWS beside the ports: `openCloud` of `adapters/aws` gives it, from the environment variables of a function. An event is
 * delivered as the `detail` of an EventBridge envelope; what was given up names its dead letter queue by ARN, and the queue by name.
 */
export type AwsCloud = DeliveringCloud & {
  /** A record of a table's stream; sequences compare as strings. */
  readonly changeOf: (record: DynamoDBRecord) => Change;
  /** What `settled` writes into partitions to see how far consumers are: no change to them, and acknowledged when all before it was handled. */
  readonly markers: {
    readonly isMarker: (change: Change) => boolean;
    readonly acknowledge: (table: string, markers: readonly Change[]) => Promise<void>;
  };
  /** Tries a model as another function asks for it through its `modelHost`: what was found out of it, or why it cannot be had. */
  readonly tryModel: (trial: unknown) => Promise<unknown>;
  /** Hides a received message for so many seconds (0 to 43,200) from now on; the queue by its ARN. */
  readonly postpone: (queueArn: string, receiptHandle: string, seconds: number) => Promise<void>;
};
