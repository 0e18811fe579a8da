import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../domain/kernel/json.ts';
import { type FakeAnswer, type FakeRequest, json, Refusal, type RunningFake, startFake } from './server.ts';
import { googleIdentity, makeTokenSigner, type TokenSigner } from './token-signer.ts';

export type IdentityTokensOptions = {
  readonly now?: () => number;
  /** Of access tokens; identity tokens hold for an hour. */
  readonly lifetimeSeconds?: number;
  readonly signer?: TokenSigner;
  /** The service account of the Google side. */
  readonly email?: string;
  readonly projectId?: string;
};

export type RunningIdentityTokens = RunningFake & {
  /** What the platform sets where App Service and Functions run: `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. */
  readonly appService: { readonly endpoint: string; readonly header: string };
  /** The client id of the one user-assigned identity. */
  readonly clientId: string;
  /** The object id of its service principal, which roles are assigned to. */
  readonly principalId: string;
  readonly signer: TokenSigner;
};

type World = {
  readonly now: () => number;
  readonly lifetimeSeconds: number;
  readonly signer: TokenSigner;
  readonly email: string;
  readonly projectId: string;
  readonly clientId: string;
  readonly principalId: string;
  readonly identityHeader: string;
  /** Access tokens by what they are for. */
  readonly cache: Map<string, { readonly token: string; readonly expiresAt: number }>;
};

/** A token is given again until it has this long to live. */
const renewalSeconds = 300;

/**
 * The token endpoints that a function finds on its own machine: Azure's instance metadata service (`/metadata/identity/oauth2/token`) and the one of
 * App Service (`/msi/token`), and Google's metadata server (`/computeMetadata/v1`), with Google's keys at `/oauth2/v3/certs`.
 */
export const startIdentityTokens = async (options: IdentityTokensOptions = {}): Promise<RunningIdentityTokens> => {
  const world: World = {
    now: options.now ?? Date.now,
    lifetimeSeconds: options.lifetimeSeconds ?? 3600,
    signer: options.signer ?? makeTokenSigner(),
    email: options.email ?? 'functions@project.iam.gserviceaccount.com',
    projectId: options.projectId ?? 'project',
    clientId: randomUUID(),
    principalId: randomUUID(),
    identityHeader: randomUUID(),
    cache: new Map(),
  };
  const fake = await startFake((request) => route(world, request));
  const { clientId, principalId, signer, identityHeader } = world;
  return { ...fake, clientId, principalId, signer, appService: { endpoint: `${fake.url}/msi/token`, header: identityHeader } };
};

const route = (world: World, request: FakeRequest): FakeAnswer => {
  if (/^\/metadata\/identity\/oauth2\/token\/?$/.test(request.path)) return answerInstance(world, request);
  if (request.path === '/msi/token') return answerAppService(world, request);
  if (request.path === '/oauth2/v3/certs') return json(200, world.signer.keySet());
  if (request.path === '/' || request.path.startsWith('/computeMetadata/v1')) return answerGoogle(world, request);
  return { status: 404 };
};

const refused = (status: number, error: string, description: string): Refusal =>
  new Refusal(json(status, { error, error_description: description }));

const answerInstance = (world: World, request: FakeRequest): FakeAnswer => {
  if (request.header('metadata') !== 'true') throw refused(400, 'invalid_request', 'Required metadata header not specified');
  if (request.header('x-forwarded-for') !== undefined) throw refused(400, 'invalid_request', 'A forwarded request is not answered');
  if ((request.query.get('api-version') ?? '') < '2018-02-01')
    throw refused(400, 'invalid_request', 'Required api-version is not specified');
  const { token, expiresAt } = azureToken(world, request);
  const expiresIn = Math.floor(expiresAt - world.now() / 1000);
  return json(200, { ...azureAnswer(world, request, token, expiresAt), expires_in: String(expiresIn), refresh_token: '' });
};

const answerAppService = (world: World, request: FakeRequest): FakeAnswer => {
  if (request.header('x-identity-header') !== world.identityHeader)
    throw refused(401, 'unauthorized', 'The X-IDENTITY-HEADER is missing or wrong');
  if ((request.query.get('api-version') ?? '') < '2019-08-01') throw refused(400, 'invalid_request', 'The api-version is not supported');
  const { token, expiresAt } = azureToken(world, request);
  return json(200, azureAnswer(world, request, token, expiresAt));
};

const azureAnswer = (world: World, { query }: FakeRequest, token: string, expiresAt: number): JsonObject => ({
  access_token: token,
  client_id: world.clientId,
  expires_on: String(expiresAt),
  not_before: String(expiresAt - world.lifetimeSeconds),
  resource: query.get('resource') ?? '',
  token_type: 'Bearer',
});

/** The directory that Azure's identities are of. */
const entraTenant = '00000000-0000-0000-0000-00000000fa4e';

const azureToken = (world: World, { query }: FakeRequest): { readonly token: string; readonly expiresAt: number } => {
  const resource = query.get('resource');
  if (resource === null || resource === '') throw refused(400, 'invalid_request', 'Required query variable resource is missing');
  const clientId = query.get('client_id');
  if (clientId !== null && clientId !== world.clientId) throw refused(400, 'invalid_request', 'Identity not found');
  return cached(world, resource, (issuedAt, expiresAt) =>
    world.signer.sign({
      iss: `https://sts.windows.net/${entraTenant}/`,
      aud: resource,
      sub: world.principalId,
      appid: world.clientId,
      oid: world.principalId,
      tid: entraTenant,
      iat: issuedAt,
      nbf: issuedAt,
      exp: expiresAt,
    }),
  );
};

const cached = ({ cache, now, lifetimeSeconds }: World, name: string, make: (issuedAt: number, expiresAt: number) => string) => {
  const seconds = Math.floor(now() / 1000);
  const known = cache.get(name);
  if (known !== undefined && known.expiresAt - seconds > Math.min(renewalSeconds, lifetimeSeconds / 2)) return known;
  const fresh = { token: make(seconds, seconds + lifetimeSeconds), expiresAt: seconds + lifetimeSeconds };
  cache.set(name, fresh);
  return fresh;
};

const flavor = { 'metadata-flavor': 'Google', server: 'Metadata Server for VM' };
const text = (body: string): FakeAnswer => ({ status: 200, headers: { ...flavor, 'content-type': 'application/text' }, body });

/** Asked without the header, the server refuses: a page that someone was made to open cannot set it. */
const answerGoogle = (world: World, request: FakeRequest): FakeAnswer => {
  if (request.header('metadata-flavor') !== 'Google')
    return { status: 403, headers: { ...flavor, 'content-type': 'text/html' }, body: 'Missing Metadata-Flavor:Google header.' };
  const path = request.path
    .replace(/^\/computeMetadata\/v1\/?/, '')
    .replace(`/${encodeURIComponent(world.email)}/`, '/default/')
    .replace(`/${world.email}/`, '/default/');
  if (path === 'instance/service-accounts/default/token') return googleToken(world, request);
  if (path === 'instance/service-accounts/default/identity') return googleIdentityToken(world, request);
  if (path === 'instance/service-accounts/default/email') return text(world.email);
  if (path === 'project/project-id') return text(world.projectId);
  if (path === 'universe/universe-domain' || path === 'universe/universe_domain') return text('googleapis.com');
  return path === '' || path === '/' || path === 'instance' ? text('instance/\nproject/\n') : { status: 404, headers: flavor };
};

/** Google's access tokens are opaque. */
const googleToken = (world: World, { query }: FakeRequest): FakeAnswer => {
  const scopes = query.get('scopes') ?? '';
  const { token, expiresAt } = cached(world, `google ${scopes}`, () => `ya29.c.${randomUUID()}`);
  return json(200, { access_token: token, expires_in: Math.floor(expiresAt - world.now() / 1000), token_type: 'Bearer' }, flavor);
};

const googleIdentityToken = (world: World, { query }: FakeRequest): FakeAnswer => {
  const audience = query.get('audience');
  if (audience === null || audience === '') return { status: 400, headers: flavor, body: 'non-empty audience parameter required' };
  return text(world.signer.sign(googleIdentity(world.email, audience, world.now())));
};
