import { BlobContainer, type BlobContainerArgs } from '@pulumi/azure-native/storage/blobContainer.js';
import {
  BlobContainerImmutabilityPolicy,
  type BlobContainerImmutabilityPolicyArgs,
} from '@pulumi/azure-native/storage/blobContainerImmutabilityPolicy.js';
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from '@pulumi/pulumi';
import { ofData, type TransformEach, transformed } from '../component.ts';
import type { PlannedStore } from '../platform.ts';
import type { Home } from './component.ts';
import type { Expiry, Storage } from './storage.ts';

export type ObjectStoreArgs = {
  readonly home: Home;
  readonly storage: Storage;
  readonly keep: PlannedStore['keep'];
  /** For how many days nobody deletes a version that was written. */
  readonly immutableDays?: number | undefined;
  readonly protectsData: boolean;
  readonly transform?: TransformEach<{ container: BlobContainerArgs; immutability: BlobContainerImmutabilityPolicyArgs }> | undefined;
};

/** A container of blobs that nobody reads without an identity. It is called as it is in the plan: the account has a name of its own. */
export class ObjectStore extends ComponentResource {
  readonly id: Output<string>;
  readonly containerName: Output<string>;
  readonly url: Output<string>;

  constructor(name: string, args: ObjectStoreArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:ObjectStore', name, {}, options);
    const { home, storage, immutableDays, transform = {} } = args;
    const of = { resourceGroupName: home.resourceGroupName, accountName: storage.accountName };
    const made: BlobContainerArgs = {
      ...{ ...of, containerName: name, publicAccess: 'None' },
      // Else nothing could be written twice; what is written again becomes another version beside the one that is kept.
      ...(immutableDays === undefined ? {} : { immutableStorageWithVersioning: { enabled: true } }),
    };
    const container = new BlobContainer(`${name}-container`, transformed(made, transform.container), {
      parent: this,
      // Once the account has versions.
      ...(immutableDays === undefined ? {} : { dependsOn: storage }),
      ...ofData(args.protectsData),
    });
    if (immutableDays !== undefined) {
      const policy = { ...of, containerName: container.name, immutabilityPolicyName: 'default' };
      const kept: BlobContainerImmutabilityPolicyArgs = { ...policy, immutabilityPeriodSinceCreationInDays: immutableDays };
      new BlobContainerImmutabilityPolicy(`${name}-immutability`, transformed(kept, transform.immutability), {
        parent: this,
        // The provider cannot delete one (https://github.com/pulumi/pulumi-azure-native/issues/2156).
        retainOnDelete: true,
      });
    }
    this.containerName = container.name;
    this.id = interpolate`${storage.id}/blobServices/default/containers/${container.name}`;
    this.url = interpolate`${storage.blobEndpoint}${container.name}`;
    this.registerOutputs({ containerName: this.containerName, url: this.url });
  }
}

/** Of blobs that say which uploads in parts there are: as long as the parts themselves wait. No object's key begins with a slash. */
const unfinished = { prefix: '/uploads/', days: 7 };

/**
 * What goes by itself of what is in a container: all of it after a time, or what begins so, where it is declared; and what nobody has brought to its
 * end.
 */
export const expiriesOf = ({ name, keep, passing = {} }: Pick<PlannedStore, 'name' | 'keep' | 'passing'>): readonly Expiry[] => [
  { name: `${name}-unfinished`, prefix: `${name}/${unfinished.prefix}`, days: unfinished.days },
  ...Object.entries(passing).map(([prefix, after]) => ({
    name: [name, ...prefix.split(/[^a-z0-9]+/).filter(Boolean)].join('-'),
    prefix: `${name}/${prefix}`,
    days: daysIn(after),
  })),
  ...(keep.endsWith(' days') ? [{ name: `${name}-age`, prefix: `${name}/`, days: daysIn(keep) }] : []),
];

const daysIn = (text: string): number => Number(text.split(' ')[0]);
