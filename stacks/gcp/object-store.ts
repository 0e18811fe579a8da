import { Bucket, type BucketArgs } from '@pulumi/gcp/storage/bucket.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, type Unwrap } from '@pulumi/pulumi';
import { ofData, type Transform, transformed } from '../component.ts';
import type { PlannedStore } from '../platform.ts';
import { contextLabel } from './component.ts';

export type ObjectStoreArgs = {
  readonly context: string;
  readonly region: string;
  readonly keep: PlannedStore['keep'];
  readonly passing?: PlannedStore['passing'];
  readonly keyName?: Input<string> | undefined;
  /** For how many days nobody deletes a version that was written. */
  readonly immutableDays?: number | undefined;
  readonly protectsData: boolean;
  readonly transform?: { readonly bucket?: Transform<BucketArgs> } | undefined;
};

/** A bucket that nobody outside the project reads: versioned, encrypted. What was overwritten or deleted can be had back for 30 days. */
export class ObjectStore extends ComponentResource {
  readonly bucketName: Output<string>;

  constructor(name: string, args: ObjectStoreArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:ObjectStore', name, {}, options);
    const bucket = new Bucket(`${name}-bucket`, transformed(bucketOf(args), args.transform?.bucket), {
      parent: this,
      ...ofData(args.protectsData),
    });
    this.bucketName = bucket.name;
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

const bucketOf = ({ context, region, keep, passing = {}, keyName, immutableDays, protectsData }: ObjectStoreArgs): BucketArgs => ({
  location: region,
  uniformBucketLevelAccess: true,
  publicAccessPrevention: 'enforced',
  versioning: { enabled: true },
  // Beside versions, it brings back a bucket that was deleted itself.
  softDeletePolicy: { retentionDurationSeconds: 7 * 86_400 },
  lifecycleRules: [...lifecycleOf(keep), ...Object.entries(passing).flatMap(gone)],
  // Not locked: whoever may update the bucket may lift it. A transform may say `isLocked`, for ever.
  ...(immutableDays === undefined ? {} : { retentionPolicy: { retentionPeriod: String(immutableDays * 86_400) } }),
  forceDestroy: !protectsData,
  ...(keyName === undefined ? {} : { encryption: { defaultKmsKeyName: keyName } }),
  labels: contextLabel(context),
});

type Rule = NonNullable<Unwrap<BucketArgs['lifecycleRules']>>[number];

const lifecycleOf = (keep: PlannedStore['keep']): readonly Rule[] => [
  { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 30, withState: 'ARCHIVED' } },
  { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 7 } },
  // Parts of an upload that nobody completed: the adapter keeps them as objects of their own, under names that are nobody's keys.
  { action: { type: 'Delete' }, condition: { age: 1, matchesPrefixes: ['/uploads/'], withState: 'LIVE' } },
  ...(keep.endsWith(' days') ? [{ action: { type: 'Delete' }, condition: { age: daysOf(keep), withState: 'LIVE' } }] : []),
];

/** Of what is passing nothing is left, old versions neither. Where several rules hold, the shortest does. */
const gone = ([prefix, after]: [string, string]): readonly Rule[] =>
  (['LIVE', 'ARCHIVED'] as const).map((withState) => ({
    action: { type: 'Delete' },
    condition: { age: daysOf(after), matchesPrefixes: [prefix], withState },
  }));

const daysOf = (text: string): number => Number(text.split(' ')[0]);
