import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { refusalOfSignedUrl } from '../../../../adapters/conformance/fakes/signed-urls.ts';
import type { Emulators } from '../project.ts';
import { ownerOfAll } from '../rest.ts';
import type { Access } from './access.ts';
import type { Accounts } from './accounts.ts';
import { bodyOf, forward } from './forward.ts';
import { type Meant, refuse } from './front.ts';
import type { Indexes } from './indexes.ts';
import { type IsThere, needsOf } from './needs.ts';

/** Google's APIs: asks who calls and whether he may, as no emulator does, and has the emulator of the service answer. */
export type Services = (meant: Meant, incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

export type ServicesParts = {
  readonly emulators: Emulators;
  readonly accounts: Accounts;
  readonly access: Access;
  readonly indexes: Indexes;
};

const bearerOf = ({ headers }: IncomingMessage): string => /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';

/** Of an upload whose first part says what it is of. */
const firstPart = (body: Buffer): unknown => {
  const text = body.subarray(0, 8192).toString();
  const from = text.indexOf('{');
  return JSON.parse(text.slice(from, text.indexOf('\r\n--', from)));
};

/** Calls whose bodies tell what they need. */
const isTold = (method: string, path: string): boolean =>
  method === 'POST' && /:(commit|runQuery|signBlob)$|uploadType=multipart/.test(path);

export const makeServices = ({ emulators, accounts, access, indexes }: ServicesParts): Services => {
  const endpoints: { readonly [host: string]: string } = {
    'firestore.googleapis.com': emulators.firestore,
    'pubsub.googleapis.com': emulators.pubSub,
    'secretmanager.googleapis.com': emulators.secretManager,
    'storage.googleapis.com': emulators.storage,
  };
  const isThere: IsThere = async (bucket, name) => (await fetch(`${emulators.storage}/storage/v1/b/${bucket}/o/${name}`)).ok;

  /** Who calls: by his access token, or as who signed the URL for him. An answer where he is refused. */
  const authenticated = ({ host, path }: Meant, incoming: IncomingMessage): string | Response => {
    if (!path.includes('X-Goog-Signature=')) return accounts.ofToken(bearerOf(incoming)) ?? new Response('', { status: 401 });
    const headers = Object.entries(incoming.headers).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0].startsWith('x-goog-'),
    );
    const asked = new Request(`https://${host}${path}`, { method: incoming.method ?? 'GET', headers });
    const refused = refusalOfSignedUrl(asked, { keys: accounts.keys(), now: Date.now });
    return refused ?? decodeURIComponent(/X-Goog-Credential=([^&]+)/.exec(path)?.[1] ?? '').split('/')[0] ?? '';
  };

  const signBlob = (path: string, body: Buffer, outgoing: ServerResponse): void => {
    const email = decodeURIComponent(/serviceAccounts\/([^:]+):/.exec(path)?.[1] ?? '');
    const { payload } = JSON.parse(body.toString()) as { readonly payload: string };
    const signedBlob = accounts.signBlob(email, Buffer.from(payload, 'base64')).toString('base64');
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keyId: 'google', signedBlob }));
  };

  const headersTo = (meant: Meant, incoming: IncomingMessage): OutgoingHttpHeaders => {
    const { authorization: _, host: __, ...rest } = incoming.headers;
    return meant.host === 'firestore.googleapis.com' ? { ...rest, ...ownerOfAll } : rest;
  };

  return async (meant, incoming, outgoing) => {
    const { host, path } = meant;
    const method = incoming.method ?? 'GET';
    const account = authenticated(meant, incoming);
    if (account instanceof Response) {
      if (account.status === 401) return refuse(outgoing, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
      return void outgoing.writeHead(account.status, Object.fromEntries(account.headers)).end(await account.text());
    }
    const body = isTold(method, path) ? await bodyOf(incoming) : undefined;
    const json = body === undefined ? undefined : path.includes('uploadType=multipart') ? firstPart(body) : JSON.parse(body.toString());
    const [plain = '', query = ''] = path.split(/\?(.*)/s);
    const needs = await needsOf({ host, method, path: plain, query: new URLSearchParams(query), json }, isThere);
    if (needs === undefined) return refuse(outgoing, 'NOT_FOUND', `Nobody knows what ${method} ${host}${plain} needs.`);
    const missing = needs.filter(({ permission, resource }) => !access.decide(account, permission, resource));
    if (missing.length > 0)
      return refuse(outgoing, 'PERMISSION_DENIED', missing.map(({ permission, resource }) => `${permission} denied on ${resource}`).join());
    const [, database] = /\/databases\/([^/]+)\/documents:runQuery$/.exec(plain) ?? [];
    const unserved =
      database === undefined ? undefined : indexes.refusalOf(database, (json as { structuredQuery?: unknown }).structuredQuery);
    if (unserved !== undefined) return refuse(outgoing, 'FAILED_PRECONDITION', unserved);
    if (host === 'iamcredentials.googleapis.com') return signBlob(plain, body ?? Buffer.alloc(0), outgoing);
    const endpoint = endpoints[host] ?? '';
    /** Emulators name themselves where uploads go on. */
    const answered = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
      headers.location === undefined ? headers : { ...headers, location: String(headers.location).replace(endpoint, `https://${host}`) };
    await forward(incoming, outgoing, { endpoint, path, headers: headersTo(meant, incoming), answered, ...(body && { body }) });
  };
};
