import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Project } from '../project.ts';
import type { Access } from './access.ts';
import type { Accounts } from './accounts.ts';
import { forward } from './forward.ts';
import type { Functions, IngressSettings } from './functions.ts';

export type Ingress = (name: string, incoming: IncomingMessage, outgoing: ServerResponse, asked?: Asked) => Promise<void>;
/** Where a request to Cloud Run comes from: anywhere, a service of Google's that calls for the project, or a load balancer of the project. */
export type From = 'outside' | 'google' | 'balancer';
/** As the client asked, where the request came another way. */
export type Asked = {
  readonly host: string;
  readonly path: string;
  readonly from: From;
  /** The addresses that it came through, where they are known. */
  readonly client?: string;
};

/** The host that Cloud Run derives from a service's name. */
export const hostOf = ({ number, region }: Project, name: string): string => `${name}-${number}.${region}.run.app`;

/** https://cloud.google.com/run/docs/securing/ingress: functions that have no network of their own come from outside, too. */
const isLetIn = (ingress: IngressSettings, from: From): boolean =>
  ingress === 'ALLOW_ALL' || from === 'google' || (ingress === 'ALLOW_INTERNAL_AND_GCLB' && from === 'balancer');

type Judged = { readonly headers: OutgoingHttpHeaders } | { readonly status: 401 | 403 };

/** What Cloud Run leaves of a token that it has verified. */
const withoutSignature = (token: string): string => `${token.slice(0, token.lastIndexOf('.'))}.SIGNATURE_REMOVED_BY_GOOGLE`;

/**
 * Cloud Run in front of a function: who may not invoke it is refused (https://cloud.google.com/run/docs/authenticating/service-to-service). It looks at
 * `X-Serverless-Authorization` first, and then leaves `Authorization` as it is.
 */
export const makeIngress = (project: Project, functions: Functions, accounts: Accounts, access: Access): Ingress => {
  const judge = (name: string, headers: IncomingMessage['headers']): Judged => {
    const resource = `service:${name}`;
    if (access.isPublic(resource)) return { headers };
    const carrier = headers['x-serverless-authorization'] === undefined ? 'authorization' : 'x-serverless-authorization';
    const [, token = ''] = /^Bearer (.+)$/i.exec(String(headers[carrier] ?? '')) ?? [];
    const { aud, email } = accounts.verified(token) ?? {};
    const audiences = [`https://${hostOf(project, name)}`, functions.uriOf(name)];
    if (typeof email !== 'string' || !audiences.includes(String(aud))) return { status: 401 };
    if (!access.decide(email, 'run.routes.invoke', resource)) return { status: 403 };
    return { headers: { ...headers, [carrier]: `Bearer ${withoutSignature(token)}` } };
  };

  return async (name, incoming, outgoing, asked) => {
    const refuse = (status: number, reason: string) => void (outgoing.headersSent || outgoing.writeHead(status).end(reason));
    const { host = incoming.headers.host, path = incoming.url ?? '/', from = 'outside', client = '127.0.0.1' } = asked ?? {};
    const revision = functions.revisionOf(name);
    if (revision === undefined || !isLetIn(revision.ingress, from)) return refuse(404, 'The requested URL was not found on this server.');
    const judged = judge(name, incoming.headers);
    if ('status' in judged) return refuse(judged.status, 'Your client does not have permission to get the requested URL from this server.');
    const came = { host, 'x-forwarded-proto': 'https', 'x-forwarded-for': client };
    await functions
      .serve(name, (endpoint, { timeoutSeconds }) =>
        forward(incoming, outgoing, { endpoint, path, headers: { ...judged.headers, ...came }, timeoutMillis: timeoutSeconds * 1000 }),
      )
      .catch((error: unknown) => refuse(503, String(error)));
  };
};
