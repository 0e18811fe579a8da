/** A call of one of Google's APIs; the path is percent-encoded, without its query. */
export type ApiCall = {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Of calls whose permissions their body tells. */
  readonly json?: unknown;
};

/** What whoever makes a call has to be allowed. */
export type Need = { readonly permission: string; readonly resource: string };

/** Whether an object is there already: to overwrite it is to delete it, too. */
export type IsThere = (bucket: string, name: string) => Promise<boolean>;

type Write = {
  readonly delete?: string;
  readonly currentDocument?: { readonly exists?: boolean; readonly updateTime?: string };
};

/** https://cloud.google.com/firestore/native/docs/security/iam#required_permissions */
const ofWrite = ({ delete: deleted, currentDocument = {} }: Write): readonly string[] => {
  if (deleted !== undefined) return ['delete'];
  if (currentDocument.exists === false) return ['create'];
  return currentDocument.exists === true || currentDocument.updateTime !== undefined ? ['update'] : ['create', 'update'];
};

const firestore = ({ path, json }: ApiCall): readonly Need[] | undefined => {
  const [, database = '', verb = ''] = /^\/v1\/projects\/[^/]+\/databases\/([^/]+)\/documents:(\w+)$/.exec(path) ?? [];
  const writes = (json as { readonly writes?: readonly Write[] } | undefined)?.writes ?? [];
  const meant: { readonly [verb: string]: readonly string[] } = {
    batchGet: ['get'],
    runQuery: ['get', 'list'],
    commit: writes.flatMap(ofWrite),
  };
  return meant[verb]?.map((one) => ({ permission: `datastore.entities.${one}`, resource: `database:${database}` }));
};

const pubSub = ({ method, path }: ApiCall): readonly Need[] | undefined => {
  const [, topic] = /^\/v1\/(projects\/[^/]+\/topics\/[^/:]+):publish$/.exec(path) ?? [];
  return topic === undefined || method !== 'POST' ? undefined : [{ permission: 'pubsub.topics.publish', resource: `topic:${topic}` }];
};

const secretManager = ({ path }: ApiCall): readonly Need[] | undefined => {
  const [, secret, accessed, added] = /^\/v1\/(projects\/[^/]+\/secrets\/[^/:]+)(\/versions\/\w+:access)?(:addVersion)?$/.exec(path) ?? [];
  if (secret === undefined || (accessed === undefined) === (added === undefined)) return undefined;
  return [{ permission: `secretmanager.versions.${added === undefined ? 'access' : 'add'}`, resource: `secret:${secret}` }];
};

const iamCredentials = ({ path }: ApiCall): readonly Need[] | undefined => {
  const [, email] = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):signBlob$/.exec(path) ?? [];
  return email === undefined
    ? undefined
    : [{ permission: 'iam.serviceAccounts.signBlob', resource: `account:${decodeURIComponent(email)}` }];
};

/** https://cloud.google.com/storage/docs/access-control/iam-json, and for signed URLs https://cloud.google.com/storage/docs/access-control/iam-xml */
const storage = async (call: ApiCall, isThere: IsThere): Promise<readonly Need[] | undefined> => {
  const { method, path, query } = call;
  const on = (bucket: string, ...verbs: readonly string[]): readonly Need[] =>
    verbs.map((verb) => ({ permission: `storage.objects.${verb}`, resource: `bucket:${decodeURIComponent(bucket)}` }));
  const written = async (bucket: string, name: string): Promise<readonly Need[]> => {
    const isNew = query.get('ifGenerationMatch') === '0' || !(await isThere(bucket, name));
    return on(bucket, 'create', ...(isNew ? [] : ['delete']));
  };
  // Who continues an upload shows that he began it.
  if (query.has('upload_id') || path.startsWith('/upload/resumable/')) return [];
  const [, uploadBucket] = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(path) ?? [];
  if (uploadBucket !== undefined) return written(uploadBucket, encodeURIComponent(query.get('name') ?? nameIn(call.json)));
  const [, from, to, copy] = /^\/storage\/v1\/b\/([^/]+)\/o\/[^/]+\/rewriteTo\/b\/([^/]+)\/o\/([^/]+)$/.exec(path) ?? [];
  if (from !== undefined) return [...on(from, 'get'), ...(await written(to ?? '', copy ?? ''))];
  const [, bucket, name, composed] = /^\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+)(\/compose)?)?$/.exec(path) ?? [];
  if (bucket !== undefined && composed !== undefined) return [...(await written(bucket, name ?? '')), ...on(bucket, 'get')];
  if (bucket !== undefined && name === undefined) return method === 'GET' ? on(bucket, 'list') : undefined;
  if (bucket !== undefined) return method === 'GET' ? on(bucket, 'get') : method === 'DELETE' ? on(bucket, 'delete') : undefined;
  const [, ofXml = '', nameOfXml = ''] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (!query.has('X-Goog-Signature')) return undefined;
  return method === 'PUT' ? written(ofXml, encodeURIComponent(decodeURIComponent(nameOfXml))) : on(ofXml, 'get');
};

const nameIn = (json: unknown): string => String((json as { readonly name?: unknown } | undefined)?.name ?? '');

/** What a call needs; nothing where nobody here knows it, so that no call goes unasked. */
export const needsOf = async (call: ApiCall, isThere: IsThere): Promise<readonly Need[] | undefined> => {
  switch (call.host) {
    case 'firestore.googleapis.com':
      return firestore(call);
    case 'pubsub.googleapis.com':
      return pubSub(call);
    case 'secretmanager.googleapis.com':
      return secretManager(call);
    case 'iamcredentials.googleapis.com':
      return iamCredentials(call);
    case 'storage.googleapis.com':
      return storage(call, isThere);
    default:
      return undefined;
  }
};
