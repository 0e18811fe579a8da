import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Failure, failed, isFailure, Rejected } from '../../../domain/kernel/failure.ts';
import { authentication } from '../../kernel/authentication.ts';
import type { ContextDeclaration } from '../../kernel/context.ts';
import { originHeader, refuseDetour } from '../../kernel/origin.ts';
import { failureAt } from '../../kernel/problem.ts';
import { respond } from '../../kernel/respond.ts';
import { platformApp, type Serving } from '../../kernel/serve.ts';
import { continueTrace } from '../../kernel/trace.ts';
import { cloudRoutes } from '../../kernel/units.ts';
import type { Documents } from '../../platform/get-openapi.ts';
import { type BoundContext, running } from '../bound-context.ts';
import { qualified } from '../ports.ts';
import { carriedModelHost } from './carried-model-host.ts';
import { functionsOf } from './functions.ts';
import { pathOf, requestOf } from './http-request.ts';
import { resultOf } from './http-result.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';
import { carriedBytes } from './limits.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/** Answers the requests of an HTTP API (payload format 2.0) for these contexts; `documents` where the platform's own are among their routes. */
export const httpFunction = (bound: readonly BoundContext[], lambda: Lambda, documents?: Documents): LambdaHandler<Event, Result> => {
  const { cloud, environment, log } = lambda;
  const { tables, portsFor } = functionsOf(bound, lambda, { documents, modelHost: carriedModelHost(cloud.modelHost) });
  const serving: Serving = {
    ...{ clock: cloud.clock, ids: cloud.ids, log, bus: cloud.bus },
    instance: { id: cloud.ids.next(), sole: false },
    authenticate: authentication(tables(qualified('identity', 'directory')), cloud.clock),
    largestAnswerBytes: carriedBytes,
  };
  const contexts = bound.map((context) =>
    running({ ...context, declaration: onCloud(context.declaration) }, portsFor(context.declaration)),
  );
  const app = platformApp(contexts, serving);
  return called(
    lambda,
    async (event: Event) => {
      const detour = refuseDetour(event.headers[originHeader], environment.HYBRID_ORIGIN_SECRET_SHA256);
      return detour === undefined ? answered(event, app.fetch) : refused(event, detour);
    },
    async (error, event) => refused(event, failureOf(error)),
  );
};

const onCloud = (declaration: ContextDeclaration): ContextDeclaration => ({
  ...declaration,
  routes: Object.fromEntries(cloudRoutes(declaration)),
});

const answered = async (event: Event, fetch: (request: Request) => Response | Promise<Response>): Promise<Result> => {
  const request = requestOf(event);
  if (isFailure(request)) return refused(event, request);
  const result = await resultOf(await fetch(request));
  return isFailure(result) ? refused(event, result) : result;
};

/** A failure of the call itself, in the shape of the protocol that its path belongs to. */
const refused = async (event: Event, failure: Failure): Promise<Result> => {
  const answer = failureAt(pathOf(event), failure);
  const response = respond(answer, continueTrace(event.headers.traceparent), event.requestContext.http.method);
  return resultOf(response) as Promise<Result>;
};

const failureOf = (error: unknown): Failure =>
  error instanceof Rejected ? error.failure : failed('unavailable', 'internal-error', 'Something went wrong on our side; try again.');
