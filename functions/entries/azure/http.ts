import type { HttpMethod, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Log } from '../../kernel/log.ts';
import { originHeader, refuseDetour } from '../../kernel/origin.ts';
import { edge } from '../edge/edge.ts';
import { routesIn } from '../edge/routes.ts';
import type { FetchApp } from '../fetch-app.ts';
import type { Environment } from '../opened.ts';
import { refusal, refusedOf } from '../refusal.ts';
import type { FunctionApp } from './function-app.ts';
import { carriedBytes, timeoutMillis } from './limits.ts';

/** Has all requests to an app answered by what is loaded with the first of them: queues and timers wake an app as well. */
export const registerHttp = (app: FunctionApp, load: () => Promise<FetchApp>): void => {
  let loaded: Promise<FetchApp> | undefined;
  register(app, 'http', async (request) => {
    loaded ??= load();
    return (await loaded)(request);
  });
};

/**
 * Forwards all requests to the apps behind it, and proves with `HYBRID_ORIGIN_SECRET` that they came this way. Behind a gateway it takes only those
 * that carry the gateway's own secret, of which `HYBRID_ORIGIN_SECRET_SHA256` is the hash.
 */
export const registerEdge = (app: FunctionApp, { environment, log }: { readonly environment: Environment; readonly log: Log }): void => {
  const proof = { [originHeader]: environment.HYBRID_ORIGIN_SECRET ?? '' };
  const bounds = { bodyBytes: carriedBytes, timeoutMillis: timeoutMillis + 2000 };
  const forward = edge({ routes: routesIn(environment.HYBRID_ROUTES), proof: async () => proof, bounds, log });
  register(app, 'edge', (request) => {
    const detour = refuseDetour(request.headers.get(originHeader) ?? undefined, environment.HYBRID_ORIGIN_SECRET_SHA256);
    return detour === undefined ? forward(request) : refusal(refusedOf(request), detour);
  });
};

const methods: HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Has requests of a route answered, as the host spells routes; the one that says most of a path counts. */
export const register = (app: FunctionApp, name: string, answer: FetchApp, route = '{*path}'): void => {
  app.setup({ enableHttpStream: true });
  app.http(name, {
    route,
    methods,
    authLevel: 'anonymous',
    handler: async (request) => initOf(await answer(requestOf(request))),
  });
};

/** The same request, as Fetch has it: its body is read as it comes. */
const requestOf = ({ url, method, headers, body }: HttpRequest): Request =>
  new Request(url, { method, headers, ...(body === null ? {} : { body, duplex: 'half' }) } as RequestInit);

const initOf = ({ status, headers, body }: Response): HttpResponseInit => ({
  status,
  headers,
  ...(body === null ? {} : { body: body as never }),
});
