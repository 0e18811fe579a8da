import { Queue as TaskQueue, type QueueArgs as TaskQueueArgs } from '@pulumi/gcp/cloudtasks/queue.js';
import type { SubscriptionArgs } from '@pulumi/gcp/pubsub/subscription.js';
import type { TopicArgs } from '@pulumi/gcp/pubsub/topic.js';
import { TopicIAMMember } from '@pulumi/gcp/pubsub/topicIAMMember.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import { type TransformEach, transformed } from '../component.ts';
import { seconds } from './component.ts';
import { Subscriber, type SubscriberArgs } from './subscriber.ts';
import { type TopicArgs as MessagesArgs, makeTopic } from './topic.ts';

export type QueueArgs = Omit<SubscriberArgs, 'topicName' | 'types' | 'attempts' | 'backOff' | 'transform'> & {
  readonly region: string;
  readonly keyName?: MessagesArgs['keyName'];
  readonly policy: QueuePolicy;
  /** As whom messages are published that senders have held back; topics know no delays. None where nobody asks for any. */
  readonly publisher?: Input<string> | undefined;
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
    const { region, keyName, policy, publisher, transform = {}, ...subscribing } = args;
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
    this.tasksName =
      publisher === undefined ? undefined : held(name, topic.id, publisher, transformed(tasksOf(region, policy), transform.tasks), this);
    this.registerOutputs({ topicName: this.topicName });
  }
}

/** A queue of tasks, each of which publishes a message when its time has come. */
const held = (name: string, topic: Input<string>, publisher: Input<string>, made: TaskQueueArgs, parent: Queue): Output<string> => {
  const member = interpolate`serviceAccount:${publisher}`;
  new TopicIAMMember(`${name}-publishing`, { topic, role: 'roles/pubsub.publisher', member }, { parent });
  return new TaskQueue(`${name}-tasks`, made, { parent }).id;
};

const backOffOf = ({ backoff }: QueuePolicy) => ({
  minimumBackoff: seconds(backoff.baseSeconds),
  maximumBackoff: seconds(backoff.maxSeconds),
});

const tasksOf = (region: string, { attempts, backoff }: QueuePolicy): TaskQueueArgs => ({
  location: region,
  retryConfig: { maxAttempts: attempts, minBackoff: seconds(1), maxBackoff: seconds(backoff.maxSeconds) },
  stackdriverLoggingConfig: { samplingRatio: 0.01 },
});
