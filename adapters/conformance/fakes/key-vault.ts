import type { Json, JsonObject } from '../../../domain/kernel/json.ts';
import { badParameter, challenged, notFound } from './key-vault/answers.ts';
import { makeVault, type NewVersion, type Secret, type SecretAttributes, type SecretVersion, type Vault } from './key-vault/vault.ts';
import { type FakeAnswer, type FakeRequest, json, type RunningFake, startFake } from './server.ts';
import { checkToken } from './tokens.ts';

export { throttled } from './key-vault/answers.ts';

export type KeyVaultOptions = {
  readonly now?: () => number;
  /** How long a deletion takes to become visible as one, in milliseconds; the service takes some seconds. */
  readonly deletionMillis?: number;
};

const tenant = '00000000-0000-0000-0000-00000000fa4e';
const retentionDays = 90;
const valueBytes = 25 * 1024;
const pageItems = 25;

/** The secrets of an Azure key vault with soft delete (https://learn.microsoft.com/rest/api/keyvault/secrets/). */
export const startKeyVault = ({ now = Date.now, deletionMillis = 0 }: KeyVaultOptions = {}): Promise<RunningFake> => {
  const vault = makeVault(now, deletionMillis);
  return startFake((request) => {
    checkCaller(request, now());
    if (!/^7\.\d|^20\d\d-\d\d-\d\d$/.test(request.query.get('api-version') ?? ''))
      throw badParameter('The request has no known api-version.');
    const [collection, name, third, ...rest] = request.path.split('/').filter(Boolean);
    if (rest.length > 0) throw notFound(request.path);
    if (collection === 'secrets') return answerSecrets(vault, request, name, third);
    if (collection === 'deletedsecrets') return answerDeleted(vault, request, name, third);
    throw notFound(request.path);
  });
};

/** Without a token of its own audience, a vault answers with its challenge. */
const checkCaller = ({ header }: FakeRequest, now: number): void => {
  const bearer = /^Bearer (.+)$/.exec(header('authorization') ?? '')?.[1];
  if (bearer === undefined) throw challenged(tenant, 'AKV10000: Request is missing a Bearer or PoP token.');
  const problem = checkToken(bearer, { audiences: ['https://vault.azure.net'], now });
  if (problem !== undefined) throw challenged(tenant, `AKV10022: Invalid token: ${problem}.`);
};

const answerSecrets = (vault: Vault, request: FakeRequest, name: string | undefined, third: string | undefined): FakeAnswer => {
  const { method, origin } = request;
  if (name === undefined)
    return page(
      request,
      vault.list(false).map((secret) => itemOf(origin, secret, newestOf(secret), false)),
    );
  if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) throw badParameter(`The request URI contains an invalid name: ${name}`);
  if (third === 'versions') {
    const secret = vault.secret(name);
    return page(
      request,
      secret.versions.map((version) => itemOf(origin, secret, version, true)),
    );
  }
  if (method === 'PUT' && third === undefined) return bundle(origin, vault.set(name, newVersionOf(request)));
  if (method === 'PATCH' && third !== undefined)
    return bundle(
      origin,
      vault.update(name, third, (old) => changed(old, request)),
      false,
    );
  if (method === 'DELETE') return json(200, deletedOf(origin, vault.remove(name)));
  if (method === 'GET') return bundle(origin, vault.get(name, third));
  throw badParameter(`The method ${method} is not supported.`);
};

const answerDeleted = (vault: Vault, request: FakeRequest, name: string | undefined, third: string | undefined): FakeAnswer => {
  const { method, origin } = request;
  if (name === undefined)
    return page(
      request,
      vault.list(true).map((secret) => deletedOf(origin, secret)),
    );
  if (method === 'GET') return json(200, deletedOf(origin, vault.deletedSecret(name)));
  if (method === 'POST' && third === 'recover') {
    const secret = vault.recover(name);
    return bundle(origin, { secret, version: newestOf(secret) }, false);
  }
  if (method !== 'DELETE') throw badParameter(`The method ${method} is not supported.`);
  vault.purge(name);
  return { status: 204 };
};

const bodyOf = ({ body }: FakeRequest): JsonObject => {
  try {
    return JSON.parse(body.toString()) as JsonObject;
  } catch {
    throw badParameter('The request body is no JSON.');
  }
};

type Changes = {
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes?: Partial<SecretAttributes>;
};

const newVersionOf = (request: FakeRequest): NewVersion => {
  const { value, contentType, tags, attributes } = bodyOf(request) as Changes & { readonly value?: unknown };
  if (typeof value !== 'string') throw badParameter('The property "value" is required.');
  if (Buffer.byteLength(value) > valueBytes) throw badParameter(`Secret value is longer than ${valueBytes} bytes.`);
  return {
    value,
    ...(contentType === undefined ? {} : { contentType }),
    ...(tags === undefined ? {} : { tags }),
    attributes: { enabled: true, ...attributes },
  };
};

const changed = (old: SecretVersion, request: FakeRequest): SecretVersion => {
  const { contentType, tags, attributes } = bodyOf(request) as Changes;
  return {
    ...old,
    ...(contentType === undefined ? {} : { contentType }),
    ...(tags === undefined ? {} : { tags }),
    attributes: { ...old.attributes, ...attributes },
  };
};

const newestOf = ({ name, versions }: Secret): SecretVersion => {
  const newest = versions.at(-1);
  if (newest === undefined) throw notFound(name);
  return newest;
};

/** A version without its value. */
const itemOf = (
  origin: string,
  { name }: Secret,
  { version, value: _, attributes, ...rest }: SecretVersion,
  withVersion: boolean,
): JsonObject => ({
  ...(rest as JsonObject),
  id: `${origin}/secrets/${name}${withVersion ? `/${version}` : ''}`,
  attributes: { ...attributes, recoveryLevel: 'Recoverable+Purgeable', recoverableDays: retentionDays },
});

const bundle = (
  origin: string,
  { secret, version }: { readonly secret: Secret; readonly version: SecretVersion },
  withValue = true,
): FakeAnswer => json(200, { ...itemOf(origin, secret, version, true), ...(withValue ? { value: version.value } : {}) });

const deletedOf = (origin: string, secret: Secret): JsonObject => {
  const deletedDate = Math.floor((secret.deletedAt ?? 0) / 1000);
  return {
    ...itemOf(origin, secret, newestOf(secret), true),
    recoveryId: `${origin}/deletedsecrets/${secret.name}`,
    deletedDate,
    scheduledPurgeDate: deletedDate + retentionDays * 24 * 3600,
  };
};

const page = ({ origin, path, query }: FakeRequest, items: readonly Json[]): FakeAnswer => {
  const size = Number(query.get('maxresults') ?? pageItems);
  if (!Number.isInteger(size) || size < 1 || size > pageItems) throw badParameter('The maxresults is 1 to 25.');
  const from = Number(query.get('$skiptoken') ?? 0);
  const rest = items.length > from + size;
  const next = new URLSearchParams({
    'api-version': query.get('api-version') ?? '',
    $skiptoken: String(from + size),
    maxresults: String(size),
  });
  return json(200, { value: items.slice(from, from + size), nextLink: rest ? `${origin}${path}?${next}` : null });
};
