import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../../domain/kernel/json.ts';
import { type Account, checkThroughput, containerResource, controlPlaneOnly, databaseResource, makeAccount } from './cosmos/account.ts';
import { badRequest } from './cosmos/answers.ts';
import { authorize } from './cosmos/authorization.ts';
import { answerBatch, isBatch } from './cosmos/batch.ts';
import { answerChangeFeed } from './cosmos/change-feed.ts';
import type { Container, ContainerDefinition } from './cosmos/container.ts';
import { answerPoint, bodyOf, type Context, objectOf } from './cosmos/documents.ts';
import { removeExpired } from './cosmos/expiry.ts';
import { answerQuery, answerReadFeed, isQuery } from './cosmos/queries.ts';
import { type FakeAnswer, type FakeRequest, json, type RunningFake, startFake } from './server.ts';

export { heldUp, partitionFull, rangeGone, retryWith, throttled, unavailable } from './cosmos/answers.ts';
export type { ContainerDefinition } from './cosmos/container.ts';

export type CosmosOptions = {
  /** Milliseconds since 1970; what lifetimes are counted by. */
  readonly now?: () => number;
  /** Physical partitions of every new container: 1, as a serverless account begins. */
  readonly rangesPerContainer?: number;
};

export type RunningCosmos = RunningFake & {
  readonly masterKey: string;
  /** What a deployment would have made. Whatever exists already stays. */
  provide(database: string, containers: readonly ContainerDefinition[]): void;
  /** What the service does now and then in the background: what has expired, and is seen by nobody already, goes for good. */
  removeExpired(): void;
};

/** A serverless account of Azure Cosmos DB for NoSQL, by its REST reference (https://learn.microsoft.com/rest/api/cosmos-db/). */
export const startCosmos = async ({ now = Date.now, rangesPerContainer = 1 }: CosmosOptions = {}): Promise<RunningCosmos> => {
  const account = makeAccount(rangesPerContainer);
  const masterKey = randomBytes(64).toString('base64');
  const fake = await startFake((request) => {
    const credential = authorize(request, masterKey, now());
    if (request.header('x-ms-version') === undefined) throw badRequest('The request lacks the header x-ms-version.');
    return route(account, request, credential === 'master', now());
  });
  return {
    ...fake,
    masterKey,
    provide(id, containers) {
      const database = account.databases.get(id) ?? account.createDatabase(id, now());
      for (const each of containers)
        if (!database.containers.has(each.id)) account.createContainer(database, each as unknown as JsonObject, now());
    },
    removeExpired() {
      for (const { containers } of account.databases.values()) for (const container of containers.values()) removeExpired(container, now());
    },
  };
};

/** Paths are `/dbs/<database>/colls/<container>/docs/<item>`, cut off anywhere. */
const route = (account: Account, request: FakeRequest, holdsKey: boolean, now: number): FakeAnswer => {
  const [dbs, database, colls, container, feed, item, ...rest] = request.path.split('/').filter(Boolean).map(decodeURIComponent);
  if (dbs === undefined) return answerAccount(request);
  if (dbs !== 'dbs' || rest.length > 0) throw badRequest('Request url is invalid');
  if (colls === undefined) return answerDatabases(account, request, database, holdsKey, now);
  if (database === undefined || colls !== 'colls') throw badRequest('Request url is invalid');
  if (container === undefined || feed === undefined) return answerContainers(account, request, database, container, holdsKey, now);
  const path = `dbs/${database}/colls/${container}`;
  const context = { container: account.owner(database, container), path, request, now };
  if (feed === 'pkranges' && request.method === 'GET') return answerRanges(context);
  if (feed !== 'docs') throw badRequest('Request url is invalid');
  return answerDocuments(context, item);
};

const answerDocuments = (context: Context, item: string | undefined): FakeAnswer => {
  const { request } = context;
  if (item !== undefined) return answerPoint(context, item);
  if (request.method === 'GET') return request.header('a-im') === undefined ? answerReadFeed(context) : answerChangeFeed(context);
  if (isBatch(request)) return answerBatch(context);
  return isQuery(request) ? answerQuery(context) : answerPoint(context);
};

const answerAccount = ({ origin }: FakeRequest): FakeAnswer => {
  const locations = [{ name: 'Fake', databaseAccountEndpoint: `${origin}/` }];
  return json(200, {
    _self: '',
    id: 'fake',
    _rid: 'fake',
    addresses: '//addresses/',
    _dbs: '//dbs/',
    writableLocations: locations,
    readableLocations: locations,
    enableMultipleWriteLocations: false,
    userConsistencyPolicy: { defaultConsistencyLevel: 'Strong' },
    queryEngineConfiguration: '{"maxSqlQueryInputLength":524288,"maxJoinsPerSqlQuery":10}',
  });
};

const answerDatabases = (account: Account, request: FakeRequest, id: string | undefined, holdsKey: boolean, now: number): FakeAnswer => {
  if (!holdsKey && request.method !== 'GET') throw controlPlaneOnly(`${request.method} ${request.path}`);
  if (id === undefined && request.method === 'POST') {
    checkThroughput(request.header);
    return json(201, databaseResource(account.createDatabase(objectOf(bodyOf(request)).id, now)));
  }
  if (id === undefined) return listAnswer('Databases', [...account.databases.values()].map(databaseResource));
  const database = account.database(id);
  if (request.method !== 'DELETE') return json(200, databaseResource(database));
  account.databases.delete(id);
  return { status: 204 };
};

const answerContainers = (
  account: Account,
  request: FakeRequest,
  inside: string,
  id: string | undefined,
  holdsKey: boolean,
  now: number,
): FakeAnswer => {
  if (!holdsKey && request.method !== 'GET') throw controlPlaneOnly(`${request.method} ${request.path}`);
  const database = account.database(inside);
  if (id === undefined && request.method === 'POST') {
    checkThroughput(request.header);
    return json(201, containerResource(account.createContainer(database, objectOf(bodyOf(request)), now)));
  }
  if (id === undefined) return listAnswer('DocumentCollections', [...database.containers.values()].map(containerResource));
  const container = account.container(inside, id);
  if (request.method === 'PUT') account.replaceContainer(container, objectOf(bodyOf(request)));
  if (request.method !== 'DELETE') return json(200, containerResource(container), { etag: container.etag });
  database.containers.delete(id);
  return { status: 204 };
};

const listAnswer = (name: string, resources: readonly JsonObject[]): FakeAnswer =>
  json(200, { _rid: '', [name]: resources, _count: resources.length }, { 'x-ms-item-count': String(resources.length) });

const rangeResource = ({ rid }: Container, { id, minInclusive, maxExclusive }: Container['ranges'][number], count: number): JsonObject => ({
  _rid: rid,
  id,
  _etag: '"0"',
  minInclusive,
  maxExclusive,
  ridPrefix: Number(id),
  _self: `dbs/x/colls/${rid}/pkranges/${id}/`,
  throughputFraction: 1 / count,
  status: 'online',
  parents: [],
  _ts: 0,
});

/** The fake's ranges never change: whoever has their version is told so. */
const answerRanges = ({ container, request }: Context): FakeAnswer => {
  const etag = '"1"';
  if (request.header('if-none-match') === etag) return { status: 304, headers: { etag } };
  const ranges = container.ranges.map((range) => rangeResource(container, range, container.ranges.length));
  return json(200, { _rid: container.rid, PartitionKeyRanges: ranges, _count: ranges.length }, { etag });
};
