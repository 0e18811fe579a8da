import type { TopicArgs } from '@pulumi/gcp/pubsub/topic.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { Transform } from '../component.ts';
import { longestArchiveDays } from './options.ts';
import { makeTopic } from './topic.ts';

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
    // More than that only the environment says, to which it is the longest that there is; a stack that asks for more, or for too little, is refused.
    const retentionDays = Math.min(archiveDays, longestArchiveDays);
    this.topicName = makeTopic(name, { context: 'platform', retentionDays, region, keyName }, args.transform?.topic, this).id;
    this.registerOutputs({ topicName: this.topicName });
  }
}
