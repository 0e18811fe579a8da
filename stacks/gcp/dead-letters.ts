import { Subscription, type SubscriptionArgs } from '@pulumi/gcp/pubsub/subscription.js';
import type { TopicArgs } from '@pulumi/gcp/pubsub/topic.js';
import { TopicIAMMember } from '@pulumi/gcp/pubsub/topicIAMMember.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, type Resource as PulumiResource } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import { contextLabel, days, seconds } from './component.ts';
import { makeTopic } from './topic.ts';

/** How a service calls a function: where, as whom, and what lets it in there: what comes before counts as an attempt that failed. */
export type Call = {
  readonly url: Input<string>;
  readonly audience: Input<string>;
  readonly account: Input<string>;
  readonly admitted: Promise<PulumiResource[]>;
};

export const pushTo = ({ url, audience, account }: Call): NonNullable<SubscriptionArgs['pushConfig']> => ({
  pushEndpoint: url,
  oidcToken: { serviceAccountEmail: account, audience },
});

/** Waits 10 s after the first failure, and ten minutes at most: Pub/Sub waits no longer. */
export const backOff = { minimumBackoff: seconds(10), maximumBackoff: seconds(600) };
/** A subscription that hears nothing for a month would go away by itself. */
export const neverExpires = { ttl: '' };

export type DeadLettersArgs = {
  readonly region: string;
  readonly prefix: string;
  readonly collector: Call;
  readonly ackSeconds: number;
  /** Pub/Sub's own account, which forwards what was given up. */
  readonly forwarder: Input<string>;
  readonly keyName?: Input<string> | undefined;
  readonly transform?: TransformEach<{ topic: TopicArgs; subscription: SubscriptionArgs }> | undefined;
};

/** Where what one source gave up goes, and from there to who collects it. What cannot be collected stays for a month. */
export class DeadLetters extends ComponentResource {
  readonly topicName: Output<string>;
  readonly subscriptionName: Output<string>;
  readonly grant: PulumiResource;

  constructor(name: string, args: DeadLettersArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:DeadLetters', name, {}, options);
    const within = { parent: this };
    const { region, keyName, transform = {} } = args;
    const topic = makeTopic(name, { context: 'observability', retentionDays: 31, region, keyName }, transform.topic, this);
    this.grant = new TopicIAMMember(
      `${name}-forwarding`,
      { topic: topic.id, role: 'roles/pubsub.publisher', member: args.forwarder },
      within,
    );
    const made: SubscriptionArgs = {
      name: `${args.prefix}-${name}`,
      topic: topic.id,
      ackDeadlineSeconds: args.ackSeconds,
      messageRetentionDuration: days(31),
      retryPolicy: backOff,
      expirationPolicy: neverExpires,
      pushConfig: pushTo(args.collector),
      labels: contextLabel('observability'),
    };
    const subscription = new Subscription(`${name}-collection`, transformed(made, transform.subscription), {
      ...within,
      dependsOn: args.collector.admitted,
    });
    this.topicName = topic.id;
    this.subscriptionName = subscription.name;
    this.registerOutputs({ topicName: this.topicName });
  }
}
