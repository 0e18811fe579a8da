import type { IncomingHttpHeaders } from 'node:http';
import type { Need } from './access.ts';

/** A call of a service's data plane. `segments` are those of the path, decoded, without what names the account. */
export type Call = {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Of those whose permissions the body tells. */
  readonly body?: string;
};

/** What a call needs of the resource with this id; nothing where nobody may make it by a role of the data plane. */
export type Needs = (id: string, call: Call) => readonly Need[] | undefined;

const one = (scope: string, ...actions: readonly string[]): readonly Need[] => [{ anyOf: actions.map((action) => [action]), scope }];

const storage = 'Microsoft.Storage/storageAccounts';
const blob = (verb: string): string => `${storage}/blobServices/containers/blobs/${verb}`;

/** https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-blob-service-operations */
export const ofBlobs: Needs = (id, { method, segments, query }) => {
  const [container, ...name] = segments;
  if (container === undefined)
    return query.get('comp') === 'userdelegationkey' ? one(id, `${storage}/blobServices/generateUserDelegationKey/action`) : undefined;
  const scope = `${id}/blobServices/default/containers/${container}`;
  if (name.length === 0) return method === 'GET' && query.get('comp') === 'list' ? one(scope, blob('read')) : undefined;
  if (method === 'GET' || method === 'HEAD') return one(scope, blob('read'));
  if (method === 'DELETE') return one(scope, blob('delete'));
  return method === 'PUT' ? one(scope, blob('write')) : undefined;
};

const message = (verb: string): string => `${storage}/queueServices/queues/messages/${verb}`;

/** As above, "Permissions for Queue service operations". */
export const ofQueues: Needs = (id, { method, segments, query }) => {
  const [queue, kind, which] = segments;
  if (queue === undefined || kind !== 'messages') return undefined;
  const scope = `${id}/queueServices/default/queues/${queue}`;
  if (method === 'POST') return one(scope, message('add/action'), message('write'));
  if (method === 'PUT') return one(scope, message('write'));
  if (method === 'GET' && query.get('peekonly') === 'true') return one(scope, message('read'));
  const process = [message('process/action')];
  if (method === 'GET') return [{ anyOf: [process, [message('delete'), message('read')]], scope }];
  return method === 'DELETE' && which !== undefined ? [{ anyOf: [process, [message('delete')]], scope }] : undefined;
};

const databases = 'Microsoft.DocumentDB/databaseAccounts';
const container = `${databases}/sqlDatabases/containers`;
const item = (verb: string): string => `${container}/items/${verb}`;

/** Among the actions that are documented there is none for a patch: it replaces what is there. */
const ofBatch = (body: string): readonly string[] =>
  (JSON.parse(body) as readonly { readonly operationType: string }[]).map(({ operationType }) =>
    item(operationType === 'Patch' ? 'replace' : operationType.toLowerCase()),
  );

const ofItems = ({ method, segments, headers, body = '[]' }: Call): readonly string[] => {
  const which = segments[5];
  if (method === 'POST') {
    if (headers['x-ms-cosmos-is-batch-request'] !== undefined) return ofBatch(body);
    if (headers['x-ms-documentdb-isquery'] !== undefined) return [`${container}/executeQuery`];
    return [item(headers['x-ms-documentdb-is-upsert'] === undefined ? 'create' : 'upsert')];
  }
  if (method === 'GET' && which === undefined) return headers['a-im'] === undefined ? [] : [`${container}/readChangeFeed`];
  const verbs: { readonly [method: string]: string } = { GET: 'read', PUT: 'replace', DELETE: 'delete' };
  return verbs[method] === undefined ? [] : [item(verbs[method])];
};

/** https://learn.microsoft.com/azure/cosmos-db/nosql/reference-data-plane-security */
export const ofCosmos: Needs = (id, call) => {
  const [, database, , collection, feed] = call.segments;
  const scope = [id, ...(database === undefined ? [] : ['dbs', database]), ...(collection === undefined ? [] : ['colls', collection])];
  if (feed !== 'docs') return call.method === 'GET' ? one(scope.join('/'), `${databases}/readMetadata`) : undefined;
  const actions = ofItems(call);
  return actions.length === 0 ? undefined : [...new Set(actions)].flatMap((action) => one(scope.join('/'), action));
};

export const ofTopic: Needs = (id, { method }) => (method === 'POST' ? one(id, 'Microsoft.EventGrid/events/send/action') : undefined);

/** https://learn.microsoft.com/azure/key-vault/general/rbac-guide */
export const ofVault: Needs = (id, { method, segments: [kind, name] }) => {
  const verb = { GET: 'getSecret', PUT: 'setSecret' }[method];
  if (kind !== 'secrets' || name === undefined || verb === undefined) return undefined;
  return one(`${id}/secrets/${name}`, `Microsoft.KeyVault/vaults/secrets/${verb}/action`);
};
