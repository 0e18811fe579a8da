import type { HttpMethod, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Log } from '../../kernel/log.ts';
import { originHeader } from '../../kernel/origin.ts';
import type { Documents } from '../../platform/get-openapi.ts';
import type { BoundContext } from '../bound-context.ts';
import { bounded } from '../bounded.ts';
import { cloudApp } from '../cloud-app.ts';
import { edge } from '../edge/edge.ts';
import { routesIn } from '../edge/routes.ts';
import type { FetchApp } from '../fetch-app.ts';
import type { Environment } from '../opened.ts';
import type { Azure, FunctionApp } from './function-app.ts';

/** The host takes no larger body (`FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`). Answers are streamed, of any size. */
const carriedBytes = 100 * 1024 * 1024;
const carries = { isCarried: () => true, atMost: 'nothing' } as const;

/** Until an app answers for itself, as on every cloud: what is before it waits a little longer. */
const timeoutMillis = 28_000;

/** Answers all requests to an app for these contexts; `documents` where the platform's own are among their routes. */
export const registerHttp = (app: FunctionApp, bound: readonly BoundContext[], azure: Azure, documents?: Documents): void => {
  const answer = cloudApp(bound, azure, { documents, carries, largestAnswerBytes: carriedBytes });
  register(app, 'http', bounded(answer, { bodyBytes: carriedBytes, timeoutMillis }, azure.log));
};

/** Forwards all requests to the apps behind it, and proves with `HYBRID_ORIGIN_SECRET` that they came this way. */
export const registerEdge = (app: FunctionApp, { environment, log }: { readonly environment: Environment; readonly log: Log }): void => {
  const proof = { [originHeader]: environment.HYBRID_ORIGIN_SECRET ?? '' };
  const bounds = { bodyBytes: carriedBytes, timeoutMillis: timeoutMillis + 2000 };
  register(app, 'edge', edge({ routes: routesIn(environment.HYBRID_ROUTES), proof: async () => proof, bounds, log }));
};

const methods: HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const register = (app: FunctionApp, name: string, answer: FetchApp): void => {
  app.setup({ enableHttpStream: true });
  app.http(name, {
    route: '{*path}',
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
