import { Subscription, type SubscriptionArgs } from '@pulumi/gcp/pubsub/subscription.js';
import { SubscriptionIAMMember } from '@pulumi/gcp/pubsub/subscriptionIAMMember.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, type Resource as PulumiResource } from '@pulumi/pulumi';
import { type Transform, transformed } from '../component.ts';
import { contextLabel, days, digestOf } from './component.ts';
import { backOff, type Call, neverExpires, pushTo } from './dead-letters.ts';
import { filtersOf } from './filters.ts';

export type SubscriberArgs = {
  readonly context: string;
  readonly prefix: string;
  readonly topicName: Input<string>;
  /** Exact event types, or all that is published there. */
  readonly types: readonly string[] | '*';
  readonly attempts: number;
  readonly ackSeconds: number;
  readonly push: Call;
  readonly deadLetters: { readonly topicName: Input<string>; readonly grant: PulumiResource };
  readonly backOff?: NonNullable<SubscriptionArgs['retryPolicy']>;
  /** Pub/Sub's own account, which forwards what is given up. */
  readonly forwarder: Input<string>;
  readonly transform?: { readonly subscription?: Transform<SubscriptionArgs> } | undefined;
};

/**
 * A filter on a topic, a push to a function, back-off and a dead letter; more than one subscription where the types do not fit one filter. A filter
 * cannot be changed: another one has another name, so that the new subscription is there before the old one goes. What the old one still had to
 * deliver, the topic keeps: the new one is put back to before the update (`gcloud pubsub subscriptions seek`, see docs/deploy-gcp.md).
 */
export class Subscriber extends ComponentResource {
  readonly subscriptionNames: readonly Output<string>[];

  constructor(name: string, args: SubscriberArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Subscriber', name, {}, options);
    const ready: Promise<PulumiResource[]> = args.push.admitted.then((admitted) => [...admitted, args.deadLetters.grant]);
    this.subscriptionNames = filtersOf(args.types).map((filter, at) => {
      const suffix = at === 0 ? '' : `-${at + 1}`;
      const made = subscriptionOf(`${args.prefix}-${name}-${digestOf(filter)}`, filter, args);
      const subscription = new Subscription(`${name}-subscription${suffix}`, transformed(made, args.transform?.subscription), {
        parent: this,
        dependsOn: ready,
      });
      new SubscriptionIAMMember(
        `${name}-giving-up${suffix}`,
        { subscription: subscription.name, role: 'roles/pubsub.subscriber', member: args.forwarder },
        { parent: this },
      );
      return subscription.name;
    });
    this.registerOutputs({ subscriptionNames: this.subscriptionNames });
  }
}

const subscriptionOf = (name: string, filter: string, args: SubscriberArgs): SubscriptionArgs => ({
  name,
  topic: args.topicName,
  ...(filter === '' ? {} : { filter }),
  ackDeadlineSeconds: args.ackSeconds,
  messageRetentionDuration: days(7),
  retryPolicy: args.backOff ?? backOff,
  expirationPolicy: neverExpires,
  deadLetterPolicy: { deadLetterTopic: args.deadLetters.topicName, maxDeliveryAttempts: args.attempts },
  pushConfig: pushTo(args.push),
  labels: contextLabel(args.context),
});
