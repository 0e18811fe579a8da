import {
  DeleteBucketCorsCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { type Computed, type Kind, kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { drift } from './drift.ts';
import { Policy } from './policy.ts';
import { inApiNames } from './shape.ts';

const renames = {
  id: 'ID',
  sseAlgorithm: 'SSEAlgorithm',
  kmsMasterKeyId: 'KMSMasterKeyID',
  corsRules: 'CORSRules',
};
type Rules = never;
const asRules = (rules: unknown): Rules => inApiNames(rules, renames) as Rules;

/** A resource that is one setting of a bucket: put as a whole, gone when the bucket answers without it. */
type Setting<I extends z.ZodType> = {
  readonly name: string;
  readonly inputs: I;
  readonly put: (bucket: string, inputs: z.output<I>) => Promise<unknown>;
  /** What the service says, as inputs; fails as missing where there is none. */
  readonly get: (bucket: string) => Promise<Computed | undefined>;
  readonly remove: (bucket: string) => Promise<unknown>;
};

const setting = <S extends z.ZodRawShape>(parts: Setting<z.ZodObject<S>>): Kind => {
  const inputs = parts.inputs.extend({ bucket: z.string() });
  return kind({
    type: `aws:s3/${parts.name.charAt(0).toLowerCase()}${parts.name.slice(1)}:${parts.name}`,
    inputs,
    replacedBy: ['bucket', 'region'],
    computes: [],
    create: async (given) => {
      const { bucket } = given as { bucket: string };
      await parts.put(bucket, given as never);
      return { id: bucket, computed: {} };
    },
    read: async (id, state) => {
      const said = await found(parts.get(id));
      return said === undefined ? undefined : { inputs: drift(state as Computed, said), computed: {} };
    },
    update: async (id, given) => {
      await parts.put(id, given as never);
      return {};
    },
    remove: async (id) => {
      await found(parts.remove(id));
    },
  });
};

const Rules = z.array(z.record(z.string(), z.unknown()));

export const bucketSettings = ({ s3 }: Clients): Kind[] => [
  setting({
    name: 'BucketVersioning',
    inputs: z.object({ versioningConfiguration: z.object({ status: z.enum(['Enabled', 'Suspended', 'Disabled']) }) }),
    put: (Bucket, { versioningConfiguration: { status } }) =>
      status === 'Disabled'
        ? Promise.resolve()
        : s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: status } })),
    get: async (Bucket) => {
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
      return { versioningConfiguration: { status: Status ?? 'Disabled' } };
    },
    remove: (Bucket) => s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } })),
  }),
  setting({
    name: 'BucketServerSideEncryptionConfiguration',
    inputs: z.object({ rules: Rules }),
    put: (Bucket, { rules }) =>
      s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: asRules(rules) } })),
    get: async (Bucket) => {
      await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      return {};
    },
    remove: (Bucket) => s3.send(new DeleteBucketEncryptionCommand({ Bucket })),
  }),
  setting({
    name: 'BucketLifecycleConfiguration',
    inputs: z.object({ rules: Rules }),
    put: (Bucket, { rules }) =>
      s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: asRules(rules) } })),
    get: async (Bucket) => {
      await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      return {};
    },
    remove: (Bucket) => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
  }),
  setting({
    name: 'BucketObjectLockConfiguration',
    inputs: z.object({ rule: z.object({ defaultRetention: z.record(z.string(), z.unknown()) }) }),
    put: (Bucket, { rule }) =>
      s3.send(
        new PutObjectLockConfigurationCommand({
          Bucket,
          ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: inApiNames(rule) as Rules },
        }),
      ),
    get: async (Bucket) => {
      const { ObjectLockConfiguration: { Rule } = {} } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
      return Rule === undefined ? undefined : {};
    },
    // A bucket that has once been locked stays one; it locks nothing more.
    remove: (Bucket) =>
      s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } })),
  }),
  setting({
    name: 'BucketPublicAccessBlock',
    inputs: z.object({
      blockPublicAcls: z.boolean().optional(),
      blockPublicPolicy: z.boolean().optional(),
      ignorePublicAcls: z.boolean().optional(),
      restrictPublicBuckets: z.boolean().optional(),
    }),
    put: (Bucket, { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets }) => {
      const given = { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets };
      return s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: inApiNames(given) as Rules }));
    },
    get: async (Bucket) => {
      const { PublicAccessBlockConfiguration: said = {} } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      return {
        blockPublicAcls: said.BlockPublicAcls,
        blockPublicPolicy: said.BlockPublicPolicy,
        ignorePublicAcls: said.IgnorePublicAcls,
        restrictPublicBuckets: said.RestrictPublicBuckets,
      };
    },
    remove: (Bucket) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
  }),
  setting({
    name: 'BucketOwnershipControls',
    inputs: z.object({ rule: z.object({ objectOwnership: z.string() }) }),
    put: (Bucket, { rule }) => s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: asRules([rule]) } })),
    get: async (Bucket) => {
      const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
      return { rule: { objectOwnership: OwnershipControls?.Rules?.[0]?.ObjectOwnership } };
    },
    remove: (Bucket) => s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })),
  }),
  setting({
    name: 'BucketPolicy',
    inputs: z.object({ policy: Policy }),
    put: (Bucket, { policy }) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy })),
    get: async (Bucket) => ({ policy: (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy }),
    remove: (Bucket) => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
  }),
  setting({
    name: 'BucketCorsConfiguration',
    inputs: z.object({ corsRules: Rules }),
    put: (Bucket, { corsRules }) => s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: asRules(corsRules) } })),
    get: async (Bucket) => {
      await s3.send(new GetBucketCorsCommand({ Bucket }));
      return {};
    },
    remove: (Bucket) => s3.send(new DeleteBucketCorsCommand({ Bucket })),
  }),
];
