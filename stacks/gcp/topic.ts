import { Topic as PubSubTopic, type TopicArgs as PubSubTopicArgs } from '@pulumi/gcp/pubsub/topic.js';
import type { Input, Resource as PulumiResource } from '@pulumi/pulumi';
import { transformed } from '../component.ts';
import { contextLabel, days } from './component.ts';

export type TopicArgs = {
  readonly context: string;
  /** How long messages can be had again that were delivered already. */
  readonly retentionDays?: number | undefined;
  readonly region: string;
  readonly keyName?: Input<string> | undefined;
};

/** Messages lie in the stack's region only. */
export const makeTopic = (
  name: string,
  { context, retentionDays, region, keyName }: TopicArgs,
  transform: Partial<PubSubTopicArgs> | undefined,
  parent: PulumiResource,
): PubSubTopic =>
  new PubSubTopic(
    `${name}-topic`,
    transformed<PubSubTopicArgs>(
      {
        messageStoragePolicy: { allowedPersistenceRegions: [region], enforceInTransit: false },
        ...(retentionDays === undefined ? {} : { messageRetentionDuration: days(retentionDays) }),
        ...(keyName === undefined ? {} : { kmsKeyName: keyName }),
        labels: contextLabel(context),
      },
      transform,
    ),
    { parent },
  );
