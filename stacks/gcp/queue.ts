import { Queue as TaskQueue, type QueueArgs as TaskQueueArgs } from '@pulumi/gcp/cloudtasks/queue.js';
import type { SubscriptionArgs } from '@pulumi/gcp/pubsub/subscription.js';
import type { TopicArgs } from '@pulumi/gcp/pubsub/topic.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import { type TransformEach, transformed } from '../component.ts';
import { seconds } from './component.ts';
import { Subscriber, type SubscriberArgs } from './subscriber.ts';
import { type TopicArgs as MessagesArgs, makeTopic } from './topic.ts';

export type QueueArgs = Omit<SubscriberArgs, 'topicName' | 'types' | 'attempts' | 'backOff' | 'transform'> & {
  readonly region: string;
  readonly keyName?: MessagesArgs['keyName'];
  readonly policy: QueuePolicy;
  /** Whether senders ask for delays, which topics do not know. */
  readonly enableDelays: boolean;
  readonly transform?: TransformEach<{ topic: TopicArgs; subscription: SubscriptionArgs; tasks: TaskQueueArgs }> | undefined;
};

/** Work that waits: a topic with one subscription, and a queue of tasks where something is to wait for longer. */
export class Queue extends ComponentResource {
  readonly topicName: Output<string>;
  readonly subscriptionNames: readonly Output<string>[];
  /** `projects/<p>/locations/<l>/queues/<q>`. */
  readonly tasksName: Output<string> | undefined;

  constructor(name: string, args: QueueArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Queue', name, {}, options);
    const { region, keyName, policy, enableDelays, transform = {}, ...subscribing } = args;
    const topic = makeTopic(name, { context: args.context, region, keyName }, transform.topic, this);
    const { subscriptionNames } = new Subscriber(
      name,
      {
        ...subscribing,
        backOff: backOffOf(policy),
        topicName: topic.id,
        types: '*',
        attempts: policy.attempts,
        transform: { subscription: transform.subscription ?? {} },
      },
      { parent: this },
    );
    this.topicName = topic.id;
    this.subscriptionNames = subscriptionNames;
    this.tasksName = enableDelays
      ? new TaskQueue(`${name}-tasks`, transformed(tasksOf(region, policy), transform.tasks), { parent: this }).id
      : undefined;
    this.registerOutputs({ topicName: this.topicName });
  }
}

const backOffOf = ({ backoff }: QueuePolicy) => ({
  minimumBackoff: seconds(backoff.baseSeconds),
  maximumBackoff: seconds(backoff.maxSeconds),
});

const tasksOf = (region: string, { attempts, backoff }: QueuePolicy): TaskQueueArgs => ({
  location: region,
  retryConfig: { maxAttempts: attempts, minBackoff: seconds(1), maxBackoff: seconds(backoff.maxSeconds) },
  stackdriverLoggingConfig: { samplingRatio: 0.01 },
});
