import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { claimsOf } from '../../../../adapters/conformance/fakes/tokens.ts';
import type { Access } from '../access.ts';
import type { Call, Needs } from '../needs.ts';
import { bodyOf, forward } from './forward.ts';

/** A service that is there under a host's name. */
export type Service = {
  /** Of the resource whose data it has. */
  readonly id: string;
  /** Where it is really, without a slash at the end. */
  readonly endpoint: string;
  readonly certificate?: Buffer;
  readonly needs: Needs;
  /** After a call that went well. */
  readonly called?: (call: Call) => void;
  /** Other headers than were sent. */
  readonly headers?: (headers: IncomingMessage['headers']) => IncomingMessage['headers'];
};

/** Where a request goes, `path` with its query; `from` is the service of Azure's that sends it on. */
export type Meant = { readonly host: string; readonly path: string; readonly from?: string };
/** Answers requests to a host by itself. */
export type Site = (incoming: IncomingMessage, outgoing: ServerResponse, to: Meant) => void;

export type Front = {
  readonly url: string;
  readonly services: Map<string, Service>;
  readonly sites: Map<string, Site>;
  close(): Promise<void>;
};

/** Where a URL of Azure's is behind a front. */
export const behind = (front: string, url: string): string => {
  const { protocol, host, pathname, search } = new URL(url);
  return `${front}/${protocol.slice(0, -1)}/${host}${pathname}${search}`;
};

/** Whom a token is of, or who signed a URL. */
const principalOf = ({ headers }: IncomingMessage, query: URLSearchParams): string | undefined => {
  const sent = decodeURIComponent(headers.authorization ?? '');
  const token = /^Bearer (.+)$/.exec(sent)?.[1] ?? /sig=(.+)$/.exec(sent)?.[1];
  const { oid } = token === undefined ? { oid: query.get('skoid') ?? undefined } : (claimsOf(token) ?? {});
  return oid === undefined ? undefined : String(oid);
};

const refuse = (outgoing: ServerResponse, status: number, code: string, message: string): void => {
  outgoing.writeHead(status, { 'content-type': 'application/json', 'x-ms-error-code': code });
  outgoing.end(JSON.stringify({ code, error: { code, message }, message }));
};

/** The one way to everything of a subscription, at `/<protocol>/<host>/<path>`: who asks a service for what his roles do not allow is refused. */
export const startFront = async (access: Access): Promise<Front> => {
  const services = new Map<string, Service>();
  const sites = new Map<string, Site>();

  const toService = async (service: Service, incoming: IncomingMessage, outgoing: ServerResponse, path: string): Promise<void> => {
    const [pathname = '/', search = ''] = path.split(/\?(.*)/s);
    const query = new URLSearchParams(search);
    const { method = 'GET', headers } = incoming;
    const body = headers['x-ms-cosmos-is-batch-request'] === undefined ? undefined : await bodyOf(incoming);
    const segments = pathname.split('/').filter(Boolean).map(decodeURIComponent);
    const call: Call = { method, segments, query, headers, ...(body === undefined ? {} : { body: body.toString() }) };
    const principal = principalOf(incoming, query);
    if (principal !== undefined) {
      const needs = service.needs(service.id, call);
      const refused = needs?.filter((need) => !access.decide(principal, need));
      if (needs === undefined || refused === undefined || refused.length > 0)
        return refuse(outgoing, 403, 'AuthorizationPermissionMismatch', `${principal}: ${JSON.stringify(refused ?? [method, path])}`);
    }
    const { host: _, ...rest } = service.headers?.(headers) ?? headers;
    const status = await forward(incoming, outgoing, {
      url: `${service.endpoint}${path}`,
      headers: rest,
      ...(service.certificate === undefined ? {} : { certificate: service.certificate }),
      ...(body === undefined ? {} : { body }),
    });
    if (status < 400) service.called?.(call);
  };

  const server: Server = createServer((incoming, outgoing) => {
    const [, host = '', path = '/'] = /^\/https?\/([^/]+)(\/.*)$/.exec(incoming.url ?? '') ?? [];
    const site = sites.get(host);
    if (site !== undefined) return site(incoming, outgoing, { host, path });
    const service = services.get(host);
    if (service === undefined) return refuse(outgoing, 404, 'NoSuchHost', `There is no ${host}.`);
    toService(service, incoming, outgoing, path).catch((error: unknown) => refuse(outgoing, 500, 'FrontFailed', String(error)));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    services,
    sites,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
