import { type Input, interpolate } from '@pulumi/pulumi';
import type { Verb } from '../../functions/kernel/context.ts';
import type { ResourceKind } from '../../functions/kernel/resources.ts';
import type { Grant } from '../../functions/kernel/units.ts';

/** Where a resource is, for a policy and for a function's environment. */
export type Place = {
  readonly arn: Input<string>;
  /** What the environment variable says: a name, a URL or an ARN. */
  readonly value: Input<string>;
  /** Secondary indexes, which are resources of their own to a policy. */
  readonly indexes?: readonly string[];
  /** Of dead letters: the queues that they came from. */
  readonly sourceArns?: readonly Input<string>[];
  /** What it is encrypted with, where that is a key of the stack's own. */
  readonly keys?: readonly KeyUsed[];
};
/** A key by what it is for: `data`. */
export type KeyUsed = { readonly name: string; readonly arn: Input<string> };
/** By `resourceVariable`. */
export type Places = ReadonlyMap<string, Place>;

export type Allowed = {
  readonly actions: readonly string[];
  /** The resource itself, its indexes too, what lies in it, or also the queues that its items came from. */
  readonly on: 'self' | 'indexes' | 'content' | 'sources';
  /** The only attributes that an item may have. */
  readonly attributes?: readonly string[];
};

const table = {
  scan: { actions: ['dynamodb:Scan'], on: 'self' },
  read: { actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], on: 'indexes' },
  get: { actions: ['dynamodb:GetItem'], on: 'self' },
  append: { actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'], on: 'self' },
  put: { actions: ['dynamodb:PutItem'], on: 'self' },
  delete: { actions: ['dynamodb:DeleteItem'], on: 'self' },
  // A marker (adapters/aws/markers.ts): who puts it reads it until who consumes the changes has deleted it.
  settle: { actions: ['dynamodb:PutItem'], on: 'self', attributes: ['pk', 'sk', 'expiresAt'] },
  acknowledge: { actions: ['dynamodb:DeleteItem'], on: 'self' },
} as const satisfies Partial<Record<Verb, Allowed>>;

/** What a verb means to AWS, for each kind of resource. A verb that is not here cannot be granted. */
const allowed: Record<ResourceKind, Partial<Record<Verb, Allowed>>> = {
  table,
  objects: {
    // Without the list, asking for an object that is not there would be answered as if it were forbidden.
    read: { actions: ['s3:GetObject', 's3:ListBucket'], on: 'content' },
    put: { actions: ['s3:PutObject', 's3:AbortMultipartUpload'], on: 'content' },
    delete: { actions: ['s3:DeleteObject'], on: 'content' },
    presign: { actions: ['s3:GetObject', 's3:PutObject'], on: 'content' },
  },
  function: { invoke: { actions: ['lambda:InvokeFunction'], on: 'self' } },
  queue: { send: { actions: ['sqs:SendMessage'], on: 'self' } },
  bus: { publish: { actions: ['events:PutEvents'], on: 'self' } },
  secret: {
    read: { actions: ['secretsmanager:GetSecretValue'], on: 'self' },
    put: { actions: ['secretsmanager:PutSecretValue'], on: 'self' },
  },
  'dead-letters': {
    read: table.read,
    put: table.put,
    redrive: { actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'sqs:SendMessage'], on: 'sources' },
  },
};

export const allowedBy = (kind: ResourceKind, verb: Verb): Allowed | undefined => allowed[kind][verb];

/** The verbs of a grant without those that another one of it covers: taking their statement away would take nothing. */
export const statedVerbs = ({ resource: { kind }, verbs }: Pick<Grant, 'resource' | 'verbs'>): readonly Verb[] =>
  verbs.filter((verb, at) => !verbs.some((other, before) => covers(kind, other, verb) && (before < at || !covers(kind, verb, other))));

/** Whether all that one verb allows the other allows too, without a condition. */
const covers = (kind: ResourceKind, wide: Verb, narrow: Verb): boolean => {
  const [one, other] = [allowedBy(kind, wide), allowedBy(kind, narrow)];
  if (wide === narrow || one === undefined || other === undefined) return false;
  if (one.attributes !== undefined) return false;
  return (other.on === 'self' || other.on === one.on) && other.actions.every((action) => one.actions.includes(action));
};

export const resourcesOf = ({ on }: Allowed, { arn, indexes = [], sourceArns = [] }: Place): readonly Input<string>[] => {
  switch (on) {
    case 'self':
      return [arn];
    case 'indexes':
      return [arn, ...indexes.map((index) => interpolate`${arn}/index/${index}`)];
    case 'content':
      return [arn, interpolate`${arn}/*`];
    case 'sources':
      return [arn, ...sourceArns];
  }
};

const decrypting = ['kms:Decrypt', 'kms:DescribeKey'];
const encrypting = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

/** What DynamoDB, S3, SQS and Secrets Manager do with a key on behalf of who reads, and of who writes: that also reads (a table's key, a part). */
export const keyActions = (verb: Verb): readonly string[] => (verb === 'read' ? decrypting : [...decrypting, ...encrypting]);
