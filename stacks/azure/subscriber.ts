import { TopicEventSubscription, type TopicEventSubscriptionArgs } from '@pulumi/azure-native/eventgrid/topicEventSubscription.js';
import { ComponentResource, type ComponentResourceOptions, type Input } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import type { Home } from './component.ts';
import type { EventBus } from './event-bus.ts';
import type { ObjectStore } from './object-store.ts';
import { Queue, type QueueArgs } from './queue.ts';
import { assign } from './role.ts';
import { onceSettled } from './settling.ts';
import type { Storage } from './storage.ts';

export type SubscriberArgs = {
  readonly home: Home;
  readonly subscriptionId: Input<string>;
  readonly bus: EventBus;
  readonly storage: Storage;
  /** Takes what could not even be put into the queue. */
  readonly undelivered: ObjectStore;
  /** Exact event types, or all that the platform says. */
  readonly types: readonly string[] | '*';
  readonly transform?:
    | (TransformEach<{ subscription: TopicEventSubscriptionArgs }> & { readonly queue?: QueueArgs['transform'] })
    | undefined;
};

const day = 86_400;

/** A filter on the bus and a queue behind it, which the bus reaches with its own identity; a retry, and a place for what it gave up. */
export class Subscriber extends ComponentResource {
  readonly queue: Queue;

  constructor(name: string, args: SubscriberArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Subscriber', name, {}, options);
    const { home, bus, storage, subscriptionId, transform } = args;
    this.queue = new Queue(name, { home, storage, transform: transform?.queue }, { parent: this });
    const sends = { subscriptionId, role: 'queue-sender', scope: this.queue.id, principalId: bus.principalId } as const;
    const maySend = assign(`${name}-delivers`, sends, this);
    const made = subscriptionOf(args, this.queue);
    new TopicEventSubscription(`${name}-subscription`, transformed(made, transform?.subscription), {
      parent: this,
      ...onceSettled,
      // Event Grid tries the way when a subscription is made.
      dependsOn: [maySend, bus.mayGiveUp],
    });
    this.registerOutputs({ queueName: this.queue.queueName });
  }
}

const subscriptionOf = ({ home, bus, storage, undelivered, types }: SubscriberArgs, queue: Queue): TopicEventSubscriptionArgs => {
  const identity = { type: 'UserAssigned', userAssignedIdentity: bus.identityId };
  return {
    resourceGroupName: home.resourceGroupName,
    topicName: bus.topicName,
    eventSubscriptionName: queue.queueName,
    eventDeliverySchema: 'CloudEventSchemaV1_0',
    ...(types === '*' ? {} : { filter: { includedEventTypes: [...types] } }),
    deliveryWithResourceIdentity: {
      identity,
      destination: {
        endpointType: 'StorageQueue',
        resourceId: storage.id,
        queueName: queue.queueName,
        queueMessageTimeToLiveInSeconds: 7 * day,
      },
    },
    deadLetterWithResourceIdentity: {
      identity,
      deadLetterDestination: { endpointType: 'StorageBlob', resourceId: storage.id, blobContainerName: undelivered.containerName },
    },
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
  };
};
