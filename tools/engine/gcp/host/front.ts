import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GoogleStatus, googleError } from '../../../../adapters/conformance/fakes/google-errors.ts';
import type { Project } from '../project.ts';
import type { Accounts } from './accounts.ts';
import type { Balancer } from './balancer.ts';
import type { Deploying } from './deploying.ts';
import type { Ingress } from './ingress.ts';
import type { Services } from './services.ts';

/** A request as whoever sent it meant it. */
export type Meant = {
  /** The e-mail of the account that its process runs as; `nobody` for one that runs outside of the project. */
  readonly caller: string;
  readonly host: string;
  /** With its query, percent-encoded. */
  readonly path: string;
};

export type Front = { readonly url: string; close(): Promise<void> };

export type FrontParts = {
  readonly project: Project;
  readonly accounts: Accounts;
  readonly services: Services;
  readonly ingress: Ingress;
  readonly balancer: Balancer;
  /** Takes what an update asks, at `/deploying/…`. */
  readonly deploying: Deploying;
  /** Takes what Pub/Sub pushes, at `/push/<subscription>`. */
  readonly pushed: (subscription: string, incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
};

export const refuse = (outgoing: ServerResponse, status: GoogleStatus, message: string): void => {
  const answer = googleError(status, message);
  outgoing.writeHead(answer.status, { ...answer.headers }).end(answer.body);
};

const meantBy = (url: string): Meant | undefined => {
  const [, caller = '', host = '', path = '/'] = /^\/as\/([^/]+)\/https?\/([^/?]+)(.*)$/s.exec(url) ?? [];
  return host === '' ? undefined : { caller: decodeURIComponent(caller), host, path: path.startsWith('/') ? path : `/${path}` };
};

/**
 * The network of the emulated project: whatever its functions send to Google's hosts, to each other and to their metadata server, and others to their domain, comes by here (see
 * network.mjs), at `/as/<account>/https/<host>/<path>`.
 */
export const startFront = async ({ project, accounts, services, ingress, balancer, deploying, pushed }: FrontParts): Promise<Front> => {
  const functionAt = (host: string): string | undefined => {
    const ending = `-${project.number}.${project.region}.run.app`;
    return host.endsWith(ending) ? host.slice(0, -ending.length) : undefined;
  };

  const metadata = async ({ caller, path }: Meant, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const server = accounts.metadataOf(caller);
    if (server === undefined) return refuse(outgoing, 'NOT_FOUND', `There is no service account ${caller}.`);
    const response = await fetch(`${server}${path}`, { headers: { 'metadata-flavor': String(incoming.headers['metadata-flavor'] ?? '') } });
    const text = await response.text();
    if (response.ok && /\/token(\?|$)/.test(path)) accounts.gave((JSON.parse(text) as { access_token: string }).access_token, caller);
    const headers: OutgoingHttpHeaders = { 'metadata-flavor': 'Google', 'content-type': response.headers.get('content-type') ?? '' };
    outgoing.writeHead(response.status, headers).end(text);
  };

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const url = incoming.url ?? '/';
    if (url.startsWith('/push/')) return pushed(decodeURIComponent(url.slice('/push/'.length)), incoming, outgoing);
    if (url.startsWith('/deploying/')) return deploying(url.slice('/deploying'.length), incoming, outgoing);
    const meant = meantBy(url);
    if (meant === undefined) return refuse(outgoing, 'NOT_FOUND', `Nothing is at ${url}.`);
    const name = functionAt(meant.host);
    if (name !== undefined) return ingress(name, incoming, outgoing, { ...meant, from: meant.caller === 'google' ? 'google' : 'outside' });
    if (meant.host === 'metadata.google.internal') return metadata(meant, incoming, outgoing);
    if (meant.host === 'www.googleapis.com' && meant.path === '/oauth2/v3/certs')
      return void outgoing
        .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' })
        .end(JSON.stringify(accounts.certificates()));
    return (await balancer(meant, incoming, outgoing)) ? undefined : services(meant, incoming, outgoing);
  };

  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      if (outgoing.headersSent) outgoing.destroy();
      else refuse(outgoing, 'INTERNAL', error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
