import { getClientConfig } from '@pulumi/gcp/organizations/getClientConfig.js';
import { Subscription, type SubscriptionArgs } from '@pulumi/gcp/pubsub/subscription.js';
import { SubscriptionIAMMember } from '@pulumi/gcp/pubsub/subscriptionIAMMember.js';
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  log,
  type Output,
  type Resource as PulumiResource,
  type ResourceHookFunction,
} from '@pulumi/pulumi';
import { type Transform, transformed } from '../component.ts';
import { contextLabel, days, digestOf } from './component.ts';
import { backOff, type Call, neverExpires, pushTo } from './dead-letters.ts';
import { filtersOf } from './filters.ts';
import { takeOver } from './handover.ts';

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
 * cannot be changed: another one has another name, so that the new subscription is there before the old one goes, and takes over what that one had
 * not delivered.
 */
export class Subscriber extends ComponentResource {
  readonly subscriptionNames: readonly Output<string>[];

  constructor(name: string, args: SubscriberArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Subscriber', name, {}, options);
    const ready: Promise<PulumiResource[]> = args.push.admitted.then((admitted) => [...admitted, args.deadLetters.grant]);
    const filters = filtersOf(args.types);
    const called = `${args.prefix}-${name}-`;
    const afterCreate = args.types === '*' ? [] : [takingOver(called, filters.map(digestOf), this)];
    this.subscriptionNames = filters.map((filter, at) => {
      const suffix = at === 0 ? '' : `-${at + 1}`;
      const made = subscriptionOf(`${called}${digestOf(filter)}`, filter, args);
      const subscription = new Subscription(`${name}-subscription${suffix}`, transformed(made, args.transform?.subscription), {
        parent: this,
        dependsOn: ready,
        hooks: { afterCreate },
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

/** It runs when a subscription has been made, and before anything is deleted; what it throws ends the update there. */
const takingOver =
  (called: string, digests: readonly string[], parent: Subscriber): ResourceHookFunction =>
  async ({ id: subscription, newOutputs }) => {
    const { accessToken, project } = await getClientConfig({ parent });
    const replaces = (id: string) => id.startsWith(called) && isOther(id.slice(called.length), digests);
    const since = await takeOver({ project, topic: String(newOutputs?.topic), subscription, replaces }, { accessToken });
    if (since !== undefined)
      log.info(`${subscription} takes over what was not delivered, and hears everything since ${since.toISOString()}`);
  };

const isOther = (digest: string, digests: readonly string[]): boolean => /^[0-9a-f]{8}$/.test(digest) && !digests.includes(digest);

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
