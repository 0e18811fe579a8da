import { randomBytes, randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../../domain/kernel/json.ts';
import { badRequest, nameTaken, noSuchOwner, noSuchResource, refused } from './answers.ts';
import { type Container, type ContainerDefinition, type IndexingPolicy, makeRanges, newContainerRid, ridOf } from './container.ts';

export type Database = {
  readonly id: string;
  readonly rid: string;
  readonly etag: string;
  readonly createdAt: number;
  readonly containers: Map<string, Container>;
};

/** The databases of an account with their containers. All throw `Refusal`. */
export type Account = {
  readonly databases: Map<string, Database>;
  createDatabase(id: unknown, now: number): Database;
  database(id: string): Database;
  createContainer(database: Database, definition: JsonObject, now: number): Container;
  replaceContainer(container: Container, definition: JsonObject): void;
  container(database: string, id: string): Container;
  /** The container of an item, which is told apart from the item itself where it is missing. */
  owner(database: string, id: string): Container;
};

/** `rangesPerContainer`: into how many physical partitions a new container is divided; the service begins with one. */
export const makeAccount = (rangesPerContainer: number): Account => {
  const databases = new Map<string, Database>();
  const database: Account['database'] = (id) => databases.get(id) ?? fail(noSuchResource());
  return {
    databases,
    database,
    createDatabase(id, now) {
      const name = checkedName(id);
      if (databases.has(name)) throw nameTaken();
      const made = { id: name, rid: ridOf(randomBytes(4)), etag: newEtag(), createdAt: seconds(now), containers: new Map() };
      databases.set(name, made);
      return made;
    },
    createContainer({ rid, containers }, definition, now) {
      const checked = checkedDefinition(definition);
      if (containers.has(checked.id)) throw nameTaken();
      const made: Container = {
        definition: checked,
        rid: newContainerRid(rid),
        etag: newEtag(),
        createdAt: seconds(now),
        ranges: makeRanges(rangesPerContainer),
        nextSequence: 1,
      };
      containers.set(checked.id, made);
      return made;
    },
    replaceContainer(container, definition) {
      const checked = checkedDefinition({ ...definition, id: container.definition.id });
      if (checked.partitionKey.paths.join() !== container.definition.partitionKey.paths.join())
        throw badRequest('Document collection partition key cannot be changed.');
      container.definition = checked;
      container.etag = newEtag();
    },
    container: (inside, id) => database(inside).containers.get(id) ?? fail(noSuchResource()),
    owner: (inside, id) => databases.get(inside)?.containers.get(id) ?? fail(noSuchOwner()),
  };
};

const fail = (error: Error): never => {
  throw error;
};
const newEtag = (): string => `"${randomUUID()}"`;
const seconds = (now: number): number => Math.floor(now / 1000);

const checkedName = (id: unknown): string => {
  if (typeof id !== 'string' || id === '' || id.length > 255) throw badRequest('A name has 1 to 255 characters.');
  if (/[/\\?#]| $/.test(id)) throw badRequest(`The name ${id} contains illegal characters.`);
  return id;
};

const checkedDefinition = (definition: JsonObject): ContainerDefinition => {
  const id = checkedName(definition.id);
  const { partitionKey, defaultTtl, indexingPolicy } = definition as Partial<ContainerDefinition>;
  if (partitionKey === undefined) throw badRequest('A collection needs a partition key.');
  if (partitionKey.paths.length !== 1 || !/^\/[^/]+/.test(partitionKey.paths[0] ?? ''))
    throw badRequest('The fake takes one path as a partition key, such as /pk.');
  if (defaultTtl !== undefined && defaultTtl !== null && (!Number.isInteger(defaultTtl) || defaultTtl === 0 || defaultTtl < -1))
    throw badRequest('The default time to live is -1 or a positive number of seconds.');
  const { kind = 'Hash', version = 2 } = partitionKey;
  return {
    id,
    partitionKey: { paths: partitionKey.paths, kind, version },
    ...(defaultTtl === undefined || defaultTtl === null ? {} : { defaultTtl }),
    ...(indexingPolicy === undefined ? {} : { indexingPolicy: checkedPolicy(indexingPolicy) }),
  };
};

/** A policy that names paths says what becomes of the root; one that names none indexes everything. */
const checkedPolicy = (policy: IndexingPolicy): IndexingPolicy => {
  const named = [...(policy.includedPaths ?? []), ...(policy.excludedPaths ?? [])];
  if (named.length === 0) return { ...policy, includedPaths: [{ path: '/*' }] };
  if (named.some(({ path }) => path === '/*')) return policy;
  throw badRequest('The special mandatory indexing path "/*" is not provided in any of the path type sets.');
};

export const databaseResource = ({ id, rid, etag, createdAt }: Database): JsonObject => ({
  id,
  _rid: rid,
  _self: `dbs/${rid}/`,
  _etag: etag,
  _colls: 'colls/',
  _users: 'users/',
  _ts: createdAt,
});

export const containerResource = ({ definition, rid, etag, createdAt }: Container): JsonObject => ({
  ...(definition as unknown as { readonly [key: string]: Json }),
  _rid: rid,
  _self: `dbs/${rid.slice(0, 6)}==/colls/${rid}/`,
  _etag: etag,
  _docs: 'docs/',
  _ts: createdAt,
});

/** A serverless account has no throughput to set. Throws `Refusal`. */
export const checkThroughput = (header: (name: string) => string | undefined): void => {
  if (header('x-ms-offer-throughput') === undefined && header('x-ms-cosmos-offer-autopilot-settings') === undefined) return;
  throw badRequest('Setting offer throughput or autopilot on container is not supported for serverless accounts.');
};

/** Tokens read and write items; what holds them is made with the key, or through the resource manager. Throws `Refusal`. */
export const controlPlaneOnly = (what: string) =>
  refused({
    status: 403,
    code: 'Forbidden',
    message: `Request blocked by Auth: the given request [${what}] cannot be authorized by AAD token in data plane. Learn more: https://aka.ms/cosmos-native-rbac.`,
    substatus: 5300,
  });
