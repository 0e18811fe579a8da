import { Queue as StorageQueue, type QueueArgs as StorageQueueArgs } from '@pulumi/azure-native/storage/queue.js';
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import type { Home } from './component.ts';
import { poisonOf } from './names.ts';
import type { Storage } from './storage.ts';

export type QueueArgs = {
  readonly home: Home;
  readonly storage: Storage;
  readonly transform?: TransformEach<{ queue: StorageQueueArgs; poison: StorageQueueArgs }> | undefined;
};

/** A queue, and beside it the one that its messages are given up to. How often and how long they are tried, who reads them decides. */
export class Queue extends ComponentResource {
  readonly queueName: Output<string>;
  readonly id: Output<string>;
  readonly url: Output<string>;
  readonly poisonName: Output<string>;
  readonly poisonId: Output<string>;

  constructor(name: string, { home, storage, transform = {} }: QueueArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Queue', name, {}, options);
    const of = { resourceGroupName: home.resourceGroupName, accountName: storage.accountName };
    const made: StorageQueueArgs = { ...of, queueName: name };
    const queue = new StorageQueue(`${name}-queue`, transformed(made, transform.queue), { parent: this });
    const givenUp: StorageQueueArgs = { ...of, queueName: poisonOf(name) };
    const poison = new StorageQueue(`${name}-poison`, transformed(givenUp, transform.poison), { parent: this });
    this.queueName = queue.name;
    this.poisonName = poison.name;
    this.id = interpolate`${storage.id}/queueServices/default/queues/${queue.name}`;
    this.poisonId = interpolate`${storage.id}/queueServices/default/queues/${poison.name}`;
    this.url = interpolate`${storage.queueEndpoint}${queue.name}`;
    this.registerOutputs({ queueName: this.queueName, url: this.url, poisonName: this.poisonName });
  }
}
