import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type CloudName = 'aws' | 'azure' | 'gcp';
const clouds: readonly CloudName[] = ['aws', 'azure', 'gcp'];

/** What a cloud has that another has not, and so a file of its own; whatever two of them have is called alike. */
type Own = { readonly [cloud in CloudName]?: { readonly [file: string]: string } };

const inStacks: Own = {
  aws: {
    certificate: 'a certificate is requested, and validated, by itself',
    'code-store': 'packages lie in a bucket of the stack',
    'event-source': 'what reads streams and queues for a function is a resource',
    'failed-changes': 'Lambda lays failed changes aside, and somebody has to tell',
    'key-users': 'a key has a policy of its own',
    'origin-secret': 'a gateway takes everybody’s requests',
    'policy-document': 'permissions are documents',
    rollout: 'an alias sends a share of requests to a new version',
    schedule: 'a schedule is a resource',
    'settings-limits': 'reserved concurrency comes out of a quota',
    sources: 'what calls functions are resources',
    'statement-id': 'statements have names',
  },
  azure: {
    access: 'roles are assigned at scopes',
    'app-storage': 'an app has a storage account of its own',
    apps: 'functions run in apps',
    'built-in-roles': 'roles are known by ids',
    'cosmos-roles': 'the database has roles of its own',
    database: 'tables lie in a database',
    'flex-regions': 'the plan is not to be had everywhere',
    gateway: 'a gateway is an option',
    logs: 'logs go to a workspace',
    names: 'names are unique in the world and short',
    'origin-secret': 'an app takes everybody’s requests',
    runtime: 'what every app has alike',
    settling: 'a role holds minutes after it was assigned',
    storage: 'containers and queues lie in an account',
    turns: 'an account takes one change of its roles at a time',
    vault: 'secrets lie in a vault',
  },
  gcp: {
    callers: 'who may call a function is granted on it',
    'change-trigger': 'what tells of changes is a resource',
    'code-store': 'packages lie in a bucket of the stack',
    cpus: 'memory comes with CPUs',
    'custom-roles': 'roles are made, and then granted',
    database: 'tables lie in databases',
    'dead-letters': 'a push calls a function as somebody, and gives up into a topic',
    filters: 'filters are expressions of bounded length',
    'focus-view': 'costs become FOCUS by a view',
    gateway: 'a gateway is an option',
    'gateway-document': 'a gateway is told its routes by a document',
    'grant-roles': 'verbs are roles',
    handover: 'a filter cannot be changed',
    'large-events': 'no event is too large for Pub/Sub',
    logs: 'logs go to a bucket',
    order: 'resources wait for services and keys',
    schedule: 'a schedule is a resource',
    services: 'services have to be switched on',
    site: 'everything is of a project and a region',
    sources: 'what calls functions are resources',
    topic: 'queues and events are topics with subscriptions',
  },
};

const inAdapters: Own = {
  aws: {
    'attribute-values': 'attributes have types',
    'cancelled-transaction': 'a cancelled transaction gives its reasons',
    'document-client': 'dynamodb-toolbox asks a client of the vendor’s shape',
    'document-commands': 'and gives it commands',
    markers: 'a change stream has no marks of its own',
    'model-trials': 'models are tried in another function',
    'own-write': 'a write that was sent twice may be in its own way',
    'queue-names': 'a queue is known by ARN and by URL',
    's3-bucket': 'S3',
    's3-requests': 'S3',
    's3-uploads': 'S3',
    'table-conditions': 'conditions are expressions',
    'table-requests': 'dynamodb-toolbox makes what is sent',
    'table-scan': 'a scan is an operation of its own',
  },
  azure: {
    'blob-blocks': 'Blob Storage',
    'blob-container': 'Blob Storage',
    'cosmos-container': 'Cosmos DB',
    'object-store-copy': 'a copy is waited for',
    'object-store-delete': 'a blob may be leased, or have snapshots',
    'shared-access': 'presigned URLs are signed here',
    'table-conditions': 'conditions are looked at by the client',
    'table-ids': 'an id may not hold everything',
    'table-text': 'nobody says in which order text is',
    'table-transactions': 'a batch is of one partition',
    'table-writes': 'the port’s writes are made of looks and etags',
  },
  gcp: {
    'dead-letters': 'a dead letter goes back to a topic',
    firestore: 'Firestore',
    'firestore-values': 'Firestore',
    'pub-sub': 'Pub/Sub',
    settled: 'who waits for changes asks for the drain',
    'signed-urls': 'presigned URLs are signed here',
    'storage-bucket': 'Cloud Storage',
    'storage-uploads': 'Cloud Storage',
    'table-writes': 'the port’s writes are made of preconditions',
  },
};

const filesOf = (folder: string, cloud: CloudName): readonly string[] =>
  readdirSync(new URL(`../${folder}/${cloud}/`, import.meta.url))
    .filter((file) => file.endsWith('.ts') && !/(^test-|\.test\.ts$)/.test(file))
    .map((file) => file.slice(0, -'.ts'.length));

describe.each([
  ['stacks', inStacks],
  ['adapters', inAdapters],
] as const)('the files of %s', (folder, own) => {
  const everywhere = clouds.map((cloud) => filesOf(folder, cloud)).reduce((shared, files) => shared.filter((file) => files.includes(file)));

  it('have the same names on every cloud', () => expect(everywhere.length).toBeGreaterThan(15));
  it.each(clouds)('and others only where the cloud itself is another: %s', (cloud) => {
    const others = filesOf(folder, cloud).filter((file) => !everywhere.includes(file));
    expect(others.toSorted()).toEqual(Object.keys(own[cloud] ?? {}).toSorted());
  });
});
