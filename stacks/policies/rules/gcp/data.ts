import { profiles } from '../../../environment.ts';
import { at, type Resource, type ResourceRule, textAt } from '../../rule.ts';

const database = 'gcp:firestore/database:Database';
const bucket = 'gcp:storage/bucket:Bucket';
const secret = 'gcp:secretmanager/secret:Secret';
const key = 'gcp:kms/cryptoKey:CryptoKey';
const keepsData = [database, bucket, secret, key] as const;

/** Zips of functions are built again by the next update. */
const holdsOnlyCode = ({ name }: Resource): boolean => name === 'code-bucket';

/** Where each kind says which key it is encrypted with. */
const keyOf = (resource: Resource): unknown => {
  switch (resource.type) {
    case database:
      return at(resource, 'cmekConfig', 'kmsKeyName');
    case bucket:
      return at(resource, 'encryption', 'defaultKmsKeyName');
    case secret:
      return at(resource, 'replication', 'userManaged', 'replicas', 0, 'customerManagedEncryption', 'kmsKeyName');
    default:
      return at(resource, 'kmsKeyName');
  }
};

export const ofGcpData: readonly ResourceRule[] = [
  {
    name: 'gcp-database-can-be-restored',
    describes: 'Every database can be put back to any minute of the last seven days.',
    types: [database],
    breaks: (one) =>
      at(one, 'pointInTimeRecoveryEnablement') === 'POINT_IN_TIME_RECOVERY_ENABLED' ? undefined : 'it has no point-in-time recovery',
  },
  {
    name: 'gcp-database-is-native',
    describes: 'Every database is Firestore in native mode, with optimistic transactions: adapters hold to preconditions.',
    types: [database],
    breaks: (one) =>
      at(one, 'type') === 'FIRESTORE_NATIVE' && at(one, 'concurrencyMode') === 'OPTIMISTIC' ? undefined : 'adapters could not use it',
  },
  {
    name: 'gcp-data-is-encrypted-with-own-keys',
    describes: 'Outside dev, databases, buckets, secrets and topics are encrypted with keys of the stack.',
    types: [database, bucket, secret, 'gcp:pubsub/topic:Topic'],
    breaks: (resource, environment) =>
      profiles[environment].ownKeys && !holdsOnlyCode(resource) && keyOf(resource) === undefined
        ? 'it is not encrypted with a key of the stack'
        : undefined,
  },
  {
    name: 'gcp-data-is-protected',
    describes: 'In prod neither a mistaken destroy nor a replacement takes data along: the engine refuses both, and so does the service.',
    types: keepsData,
    breaks: (resource, environment) => {
      if (!profiles[environment].protectsData || holdsOnlyCode(resource)) return undefined;
      if (!resource.protect) return 'it is not protected, so that it could be deleted or replaced';
      if (resource.type === database && at(resource, 'deleteProtectionState') !== 'DELETE_PROTECTION_ENABLED')
        return 'Firestore itself would let it be deleted';
      if (resource.type === bucket && at(resource, 'forceDestroy') === true) return 'it would be emptied by a destroy';
      return resource.type === secret && at(resource, 'deletionProtection') !== true ? 'a destroy would delete it' : undefined;
    },
  },
  {
    name: 'gcp-bucket-keeps-what-is-gone',
    describes: 'What was overwritten or deleted in a bucket can be had back for a time, and does not stay for ever.',
    types: [bucket],
    breaks: (one) => {
      if (at(one, 'versioning', 'enabled') !== true) return 'what is overwritten is gone';
      if (!(Number(at(one, 'softDeletePolicy', 'retentionDurationSeconds') ?? 0) >= 7 * 86_400)) return 'what is deleted is gone at once';
      const rules = (at(one, 'lifecycleRules') ?? []) as readonly { readonly condition?: { readonly daysSinceNoncurrentTime?: number } }[];
      return rules.some(({ condition }) => (condition?.daysSinceNoncurrentTime ?? 0) > 0) ? undefined : 'old versions stay for ever';
    },
  },
  {
    name: 'gcp-immutable-bucket-is',
    describes: 'A bucket that is immutable keeps each version for days, and is in prod: elsewhere a destroy would stop at it.',
    types: [bucket],
    breaks: (one, environment) => {
      if (at(one, 'retentionPolicy') === undefined) return undefined;
      if (!(Number(at(one, 'retentionPolicy', 'retentionPeriod')) >= 86_400)) return 'it keeps nothing';
      if (at(one, 'versioning', 'enabled') !== true) return 'nothing in it could be written twice';
      return profiles[environment].protectsData ? undefined : 'a destroy would stop at it';
    },
  },
  {
    name: 'gcp-key-is-turned-over',
    describes: 'Every key is turned over within a year, and takes 30 days to go.',
    types: [key],
    breaks: (one) => {
      const rotation = Number(textAt(one, 'rotationPeriod').replace(/s$/, '') || Number.POSITIVE_INFINITY);
      if (!(rotation <= 366 * 86_400)) return 'it is never turned over';
      const destroyed = Number(textAt(one, 'destroyScheduledDuration').replace(/s$/, '') || 30 * 86_400);
      return destroyed < 30 * 86_400 ? 'it would be gone before anybody misses it' : undefined;
    },
  },
  {
    name: 'gcp-expired-items-go',
    describes: 'What expires in a table goes by itself, and is not in an index that everybody writes at its end.',
    types: ['gcp:firestore/field:Field'],
    breaks: (field) => {
      if (textAt(field, 'field') !== 'expiresAt') return undefined;
      if (at(field, 'ttlConfig') === undefined) return 'what is in it stays after it expired';
      return at(field, 'indexConfig') === undefined ? 'it is in an index' : undefined;
    },
  },
];
