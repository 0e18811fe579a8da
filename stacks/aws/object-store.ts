import { Bucket, type BucketArgs } from '@pulumi/aws/s3/bucket.js';
import { BucketLifecycleConfiguration, type BucketLifecycleConfigurationArgs } from '@pulumi/aws/s3/bucketLifecycleConfiguration.js';
import { BucketNotification, type BucketNotificationArgs } from '@pulumi/aws/s3/bucketNotification.js';
import { BucketObjectLockConfiguration, type BucketObjectLockConfigurationArgs } from '@pulumi/aws/s3/bucketObjectLockConfiguration.js';
import { BucketOwnershipControls, type BucketOwnershipControlsArgs } from '@pulumi/aws/s3/bucketOwnershipControls.js';
import { BucketPolicy, type BucketPolicyArgs } from '@pulumi/aws/s3/bucketPolicy.js';
import { BucketPublicAccessBlock, type BucketPublicAccessBlockArgs } from '@pulumi/aws/s3/bucketPublicAccessBlock.js';
import {
  BucketServerSideEncryptionConfiguration,
  type BucketServerSideEncryptionConfigurationArgs,
} from '@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js';
import { BucketVersioning, type BucketVersioningArgs } from '@pulumi/aws/s3/bucketVersioning.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import type { PlannedStore } from '../platform.ts';
import { contextTag, ofData, type Statement, type TransformEach, tlsOnly, transformed } from './component.ts';
import { policyDocument } from './policy-document.ts';

export type ObjectStoreArgs = {
  readonly context: string;
  readonly keep: PlannedStore['keep'];
  readonly passing?: PlannedStore['passing'];
  readonly keyArn?: Input<string> | undefined;
  /** For how many days nobody deletes a version that was written. */
  readonly immutableDays?: number | undefined;
  readonly protectsData: boolean;
  /** Tells the account's own bus of each object that is written. */
  readonly enableNotifications?: boolean;
  /** Services of AWS that write here. */
  readonly writers?: readonly Statement[];
  readonly transform?: TransformEach<Children> | undefined;
};

type Children = {
  bucket: BucketArgs;
  access: BucketPublicAccessBlockArgs;
  ownership: BucketOwnershipControlsArgs;
  versioning: BucketVersioningArgs;
  encryption: BucketServerSideEncryptionConfigurationArgs;
  lifecycle: BucketLifecycleConfigurationArgs;
  lock: BucketObjectLockConfigurationArgs;
  policy: BucketPolicyArgs;
  notification: BucketNotificationArgs;
};

/** A bucket that nobody outside the account reads: versioned, encrypted, by TLS only. What was overwritten or deleted can be had back for 30 days. */
export class ObjectStore extends ComponentResource {
  readonly bucketName: Output<string>;
  readonly arn: Output<string>;

  constructor(name: string, args: ObjectStoreArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:ObjectStore', name, {}, options);
    const { context, protectsData, immutableDays, writers = [], enableNotifications = false, transform = {} } = args;
    const within = { parent: this };
    const made = childrenOf(args);
    const store: BucketArgs = { forceDestroy: !protectsData, tags: contextTag(context) };
    const { bucket, arn } = new Bucket(`${name}-bucket`, transformed(store, transform.bucket), { ...within, ...ofData(protectsData) });
    const of = { bucket };
    const access = new BucketPublicAccessBlock(`${name}-access`, transformed({ ...of, ...made.access }, transform.access), within);
    new BucketOwnershipControls(`${name}-ownership`, transformed({ ...of, ...made.ownership }, transform.ownership), within);
    const versioning = new BucketVersioning(`${name}-versioning`, transformed({ ...of, ...made.versioning }, transform.versioning), within);
    new BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      transformed({ ...of, ...made.encryption }, transform.encryption),
      within,
    );
    new BucketLifecycleConfiguration(`${name}-lifecycle`, transformed({ ...of, ...made.lifecycle }, transform.lifecycle), {
      ...within,
      dependsOn: versioning,
    });
    if (immutableDays !== undefined)
      new BucketObjectLockConfiguration(`${name}-lock`, transformed({ ...of, ...lockedFor(immutableDays) }, transform.lock), {
        ...within,
        dependsOn: versioning,
      });
    const policy = policyDocument([tlsOnly('s3:*', [arn, interpolate`${arn}/*`]), ...writers.map((one) => reaching(one, arn))]);
    new BucketPolicy(`${name}-policy`, transformed<BucketPolicyArgs>({ ...of, policy }, transform.policy), {
      ...within,
      dependsOn: access,
    });
    if (enableNotifications)
      new BucketNotification(`${name}-notification`, transformed({ ...of, eventbridge: true }, transform.notification), within);
    this.bucketName = bucket;
    this.arn = arn;
    this.registerOutputs({ bucketName: this.bucketName, arn: this.arn });
  }
}

const reaching = (statement: Statement, arn: Output<string>): Statement => ({ ...statement, Resource: [arn, interpolate`${arn}/*`] });

type Settings = {
  readonly [Child in Exclude<keyof Children, 'bucket' | 'lock' | 'policy' | 'notification'>]: Omit<Children[Child], 'bucket'>;
};

const childrenOf = ({ keep, passing = {}, keyArn }: ObjectStoreArgs): Settings => ({
  access: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
  ownership: { rule: { objectOwnership: 'BucketOwnerEnforced' } },
  versioning: { versioningConfiguration: { status: 'Enabled' } },
  encryption: { rules: [encryptedBy(keyArn)] },
  lifecycle: { rules: [...lifecycleOf(keep), ...Object.entries(passing).map(gone)] },
});

/** In the mode that may still be lifted, by whoever may `s3:BypassGovernanceRetention`; `COMPLIANCE` nobody lifts, and a transform may say it. */
const lockedFor = (days: number) => ({ rule: { defaultRetention: { mode: 'GOVERNANCE', days } } });

const encryptedBy = (keyArn: Input<string> | undefined) => ({
  applyServerSideEncryptionByDefault:
    keyArn === undefined ? { sseAlgorithm: 'AES256' } : { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
  bucketKeyEnabled: keyArn !== undefined,
});

const lifecycleOf = (keep: PlannedStore['keep']) => [
  {
    id: 'leftovers',
    status: 'Enabled',
    filter: {},
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    noncurrentVersionExpiration: { noncurrentDays: 30 },
    // What is deleted leaves a marker behind, for ever unless it is told to go with the last version.
    expiration: { expiredObjectDeleteMarker: true },
  },
  ...(keep.endsWith(' days') ? [{ id: 'age', status: 'Enabled', filter: {}, expiration: { days: daysIn(keep) } }] : []),
];

/** Of what is passing nothing is left: neither old versions, nor parts of what never became an object. Where several rules hold, the shortest does. */
const gone = ([prefix, days]: readonly [string, string]) => ({
  id: `passing-${prefix}`,
  status: 'Enabled',
  filter: { prefix },
  expiration: { days: daysIn(days) },
  noncurrentVersionExpiration: { noncurrentDays: daysIn(days) },
  abortIncompleteMultipartUpload: { daysAfterInitiation: daysIn(days) },
});

const daysIn = (period: string): number => Number(period.split(' ')[0]);
