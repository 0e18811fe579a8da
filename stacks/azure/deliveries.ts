import type { Input, Resource as PulumiResource } from '@pulumi/pulumi';
import { deadLetters, resourceVariable } from '../../functions/kernel/resources.ts';
import type { PlatformPlan } from '../platform.ts';
import type { Home } from './component.ts';
import type { Place } from './grants.ts';
import { Queue } from './queue.ts';
import type { Stores } from './stores.ts';
import { Subscriber } from './subscriber.ts';
import type { Transforms } from './transforms.ts';

export type DeliveriesArgs = {
  readonly plan: PlatformPlan;
  readonly stores: Stores;
  readonly home: Home;
  readonly subscriptionId: Input<string>;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

/** A queue that functions read, with the one beside it for what was given up: what it carries, and the unit that reads it. */
export type Source = { readonly name: string; readonly unit: string; readonly queue: Queue };

/** Everything that waits in a queue. */
export type Deliveries = {
  readonly subscribers: readonly (Source & { readonly serves: readonly string[] })[];
  readonly queues: readonly (Source & { readonly variable: string })[];
};

export const makeDeliveries = ({ plan, stores, home, subscriptionId, transforms, parent }: DeliveriesArgs): Deliveries => {
  const { bus, storage, undelivered } = stores;
  const subscriber = ({ name, types }: PlatformPlan['subscribers'][number]) =>
    new Subscriber(name, { home, subscriptionId, bus, storage, undelivered, types, transform: transforms.subscriber?.[name] }, { parent });
  return {
    subscribers: plan.subscribers.map((planned) => ({
      ...{ name: planned.name, unit: planned.unit, serves: planned.serves },
      queue: subscriber(planned).queue,
    })),
    queues: plan.queues.map(({ name, unit, resource }) => ({
      ...{ name, unit, variable: resourceVariable(resource) },
      queue: new Queue(name, { home, storage, transform: transforms.queue?.[name] }, { parent }),
    })),
  };
};

/** Where the queues are that functions send to, and to which queues dead letters go back. */
export const queuePlaces = (stores: Stores, { queues, subscribers }: Deliveries): readonly (readonly [string, Place])[] => [
  ...queues.map(({ variable, queue }) => [variable, { scope: queue.id, value: queue.url }] as const),
  [
    resourceVariable(deadLetters),
    {
      scope: stores.deadLetters.scope,
      value: stores.deadLetters.containerName,
      sources: [...subscribers, ...queues].map(({ name, queue }) => ({ of: name, scope: queue.id })),
    },
  ],
];
