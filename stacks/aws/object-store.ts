import { Bucket, type BucketArgs } from '@pulumi/aws/s3/bucket.js';
import { BucketLifecycleConfiguration, type BucketLifecycleConfigurationArgs } from '@pulumi/aws/s3/bucketLifecycleConfiguration.js';
import { BucketNotification } from '@pulumi/aws/s3/bucketNotification.js';
import { BucketOwnershipControls } from '@pulumi/aws/s3/bucketOwnershipControls.js';
import { BucketPolicy } from '@pulumi/aws/s3/bucketPolicy.js';
import { BucketPublicAccessBlock } from '@pulumi/aws/s3/bucketPublicAccessBlock.js';
import { BucketServerSideEncryptionConfiguration } from '@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js';
import { BucketVersioning } from '@pulumi/aws/s3/bucketVersioning.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import type { PlannedStore } from '../platform.ts';
import { contextTag, ofData, type Statement, type Transform, tlsOnly, transformed } from './component.ts';
import { policyDocument } from './policy-document.ts';

export type ObjectStoreArgs = {
  readonly context: string;
  readonly keep: PlannedStore['keep'];
  readonly keyArn?: Input<string> | undefined;
  readonly protectsData: boolean;
  /** Tells the account's own bus of each object that is written. */
  readonly enableNotifications?: boolean;
  /** Services of AWS that write here. */
  readonly writers?: readonly Statement[];
  readonly transform?:
    | { readonly bucket?: Transform<BucketArgs>; readonly lifecycle?: Transform<BucketLifecycleConfigurationArgs> }
    | undefined;
};

/** A bucket that nobody outside the account reads: versioned, encrypted, by TLS only. What was overwritten or deleted can be had back for 30 days. */
export class ObjectStore extends ComponentResource {
  readonly bucketName: Output<string>;
  readonly arn: Output<string>;

  constructor(name: string, args: ObjectStoreArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:ObjectStore', name, {}, options);
    const within = { parent: this };
    const store: BucketArgs = { forceDestroy: !args.protectsData, tags: contextTag(args.context) };
    const { bucket, arn } = new Bucket(`${name}-bucket`, transformed(store, args.transform?.bucket), {
      ...within,
      ...ofData(args.protectsData),
    });
    const blocked = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
    const access = new BucketPublicAccessBlock(`${name}-access`, { bucket, ...blocked }, within);
    new BucketOwnershipControls(`${name}-ownership`, { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } }, within);
    const versioning = new BucketVersioning(`${name}-versioning`, { bucket, versioningConfiguration: { status: 'Enabled' } }, within);
    new BucketServerSideEncryptionConfiguration(`${name}-encryption`, { bucket, rules: [encryptedBy(args.keyArn)] }, within);
    const ages: BucketLifecycleConfigurationArgs = { bucket, rules: lifecycleOf(args.keep) };
    new BucketLifecycleConfiguration(`${name}-lifecycle`, transformed(ages, args.transform?.lifecycle), {
      ...within,
      dependsOn: versioning,
    });
    const policy = policyDocument([
      tlsOnly('s3:*', [arn, interpolate`${arn}/*`]),
      ...(args.writers ?? []).map((one) => reaching(one, arn)),
    ]);
    new BucketPolicy(`${name}-policy`, { bucket, policy }, { ...within, dependsOn: access });
    if (args.enableNotifications) new BucketNotification(`${name}-notification`, { bucket, eventbridge: true }, within);
    this.bucketName = bucket;
    this.arn = arn;
    this.registerOutputs({ bucketName: this.bucketName, arn: this.arn });
  }
}

const reaching = (statement: Statement, arn: Output<string>): Statement => ({ ...statement, Resource: [arn, interpolate`${arn}/*`] });

const encryptedBy = (keyArn: Input<string> | undefined) => ({
  applyServerSideEncryptionByDefault:
    keyArn === undefined ? { sseAlgorithm: 'AES256' } : { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
  bucketKeyEnabled: keyArn !== undefined,
});

const lifecycleOf = (keep: PlannedStore['keep']): BucketLifecycleConfigurationArgs['rules'] => [
  {
    id: 'leftovers',
    status: 'Enabled',
    filter: {},
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    noncurrentVersionExpiration: { noncurrentDays: 30 },
  },
  ...(keep.endsWith(' days') ? [{ id: 'age', status: 'Enabled', filter: {}, expiration: { days: Number(keep.split(' ')[0]) } }] : []),
];
