import { profiles } from '../../environment.ts';
import { at, type Resource, type ResourceRule } from '../rule.ts';

const keepsData = ['aws:dynamodb/table:Table', 'aws:s3/bucket:Bucket', 'aws:secretsmanager/secret:Secret', 'aws:kms/key:Key'] as const;

/** Zips of functions are built again by the next update. */
const holdsOnlyCode = ({ name }: Resource): boolean => name === 'code-bucket';

export const ofData: readonly ResourceRule[] = [
  {
    name: 'table-can-be-restored',
    describes: 'Every table can be put back to any second of the last 35 days.',
    types: ['aws:dynamodb/table:Table'],
    breaks: (table) => (at(table, 'pointInTimeRecovery', 'enabled') === true ? undefined : 'it has no point-in-time recovery'),
  },
  {
    name: 'table-is-encrypted',
    describes: 'Every table is encrypted with a key that the account can see; outside dev with one of its own.',
    types: ['aws:dynamodb/table:Table'],
    breaks: (table, environment) => {
      if (at(table, 'serverSideEncryption', 'enabled') !== true) return 'it is not encrypted with a key of the account';
      const own = at(table, 'serverSideEncryption', 'kmsKeyArn') !== undefined;
      return profiles[environment].ownKeys && !own ? 'it is not encrypted with a key of the stack' : undefined;
    },
  },
  {
    name: 'table-is-paid-by-use',
    describes: 'A table that nobody uses costs nothing but its space.',
    types: ['aws:dynamodb/table:Table'],
    breaks: (table) => (at(table, 'billingMode') === 'PAY_PER_REQUEST' ? undefined : 'it is paid for capacity, used or not'),
  },
  {
    name: 'data-is-protected',
    describes: 'In prod neither a mistaken destroy nor a replacement takes data along: the engine refuses both.',
    types: keepsData,
    breaks: (resource, environment) => {
      if (!profiles[environment].protectsData || holdsOnlyCode(resource)) return undefined;
      if (!resource.protect) return 'it is not protected, so that it could be deleted or replaced';
      const isTable = resource.type === 'aws:dynamodb/table:Table';
      return isTable && at(resource, 'deletionProtectionEnabled') !== true ? 'DynamoDB itself would let it be deleted' : undefined;
    },
  },
  {
    name: 'data-is-not-replaced',
    describes: 'Nothing that would make the engine replace what keeps data: no name of its own, and no other key than pk and sk.',
    types: keepsData,
    breaks: (resource) => {
      const { type } = resource;
      if (type === 'aws:dynamodb/table:Table' && (at(resource, 'hashKey') !== 'pk' || at(resource, 'rangeKey') !== 'sk'))
        return 'its key is not pk and sk, and a table with another key is another table';
      return isNamed(resource) ? 'it has a name of its own: to change it would be to replace it' : undefined;
    },
  },
  {
    name: 'key-is-turned-over',
    describes: 'Every key is turned over each year, and takes 30 days to go.',
    types: ['aws:kms/key:Key'],
    breaks: (key) =>
      at(key, 'enableKeyRotation') !== true
        ? 'it is never turned over'
        : Number(at(key, 'deletionWindowInDays') ?? 30) < 30
          ? 'it would be gone before anybody misses it'
          : undefined,
  },
  {
    name: 'queue-is-encrypted',
    describes: 'Messages are encrypted where they wait; outside dev with a key of the stack.',
    types: ['aws:sqs/queue:Queue'],
    breaks: (queue, environment) => {
      const own = at(queue, 'kmsMasterKeyId') !== undefined || keepsWhatItsKeyCouldNot(queue);
      if (at(queue, 'kmsMasterKeyId') === undefined && at(queue, 'sqsManagedSseEnabled') !== true) return 'it is not encrypted';
      return profiles[environment].ownKeys && !own ? 'it is not encrypted with a key of the stack' : undefined;
    },
  },
];

/** Events that the stack's own key could not encrypt or decrypt. */
const keepsWhatItsKeyCouldNot = ({ name }: Resource): boolean => name === 'events-dead-letters-queue';

/** The engine gives a name that ends in seven random characters; whatever else is there, the program asked for. */
const isNamed = ({ name, props }: Resource): boolean =>
  ['name', 'namePrefix', 'bucket', 'bucketPrefix'].some((property) => {
    const given = props[property];
    return typeof given === 'string' && !new RegExp(`^${name}-[0-9a-f]{7}$`).test(given);
  });
