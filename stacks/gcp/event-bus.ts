import type { TopicArgs } from '@pulumi/gcp/pubsub/topic.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { Transform } from '../component.ts';
import { makeTopic } from './topic.ts';

/** Pub/Sub keeps what was delivered for at most 31 days. */
export const longestRetentionDays = 31;
/** As long as a subscription keeps what it could not deliver: another one that takes over from it finds that at the topic. */
const shortestRetentionDays = 7;

export type EventBusArgs = {
  readonly region: string;
  readonly archiveDays: number;
  readonly keyName?: Input<string> | undefined;
  readonly transform?: { readonly topic?: Transform<TopicArgs> } | undefined;
};

/** The topic that all contexts publish to. What it delivered can be had again: a subscription is put back to a time (`seek`). */
export class EventBus extends ComponentResource {
  /** `projects/<p>/topics/<t>`. */
  readonly topicName: Output<string>;

  constructor(name: string, args: EventBusArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:EventBus', name, {}, options);
    const { region, archiveDays, keyName } = args;
    const retentionDays = Math.min(Math.max(archiveDays, shortestRetentionDays), longestRetentionDays);
    this.topicName = makeTopic(name, { context: 'platform', retentionDays, region, keyName }, args.transform?.topic, this).id;
    this.registerOutputs({ topicName: this.topicName });
  }
}
