import type { Json } from '../../../domain/kernel/json.ts';
import type { DeliveringCloud } from '../cloud.ts';
import type { Doorbell } from './doorbell.ts';

/** What the entries of a cloud whose change streams are doorbells ask of it beside the ports. */
export type DoorbellCloud = DeliveringCloud & {
  readonly doorbell: Doorbell;
  /** The body of a work queue's message as it was delivered, parsed; fetched where the message only refers to it. */
  readonly bodyOf: (delivered: unknown) => Promise<Json>;
  /** The partition that a changed document is in, as the trigger tells of it; nothing where it does not say: the sweep finds that one. */
  readonly partitionOf: (changed: unknown) => string | undefined;
};
