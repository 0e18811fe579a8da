import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Failure, isFailure } from '../../../domain/kernel/failure.ts';
import type { Documents } from '../../platform/get-openapi.ts';
import type { BoundContext } from '../bound-context.ts';
import { failureOf } from '../call-failures.ts';
import { cloudApp } from '../cloud-app.ts';
import type { FetchApp } from '../fetch-app.ts';
import { refusal } from '../refusal.ts';
import { pathOf, requestOf } from './http-request.ts';
import { isCarriedText, resultOf } from './http-result.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';
import { carriedBytes } from './limits.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/** What a call carries of a model's answer. */
export const carries = { isCarried: isCarriedText, atMost: '6 MB' } as const;

/** Answers the requests of an HTTP API (payload format 2.0) for these contexts; `documents` where the platform's own are among their routes. */
export const httpFunction = (bound: readonly BoundContext[], lambda: Lambda, documents?: Documents): LambdaHandler<Event, Result> => {
  const app = cloudApp(bound, lambda, { documents, carries, largestAnswerBytes: carriedBytes });
  return called(
    lambda,
    async (event: Event) => answered(event, app),
    async (error, event) => refused(event, failureOf(error)),
  );
};

const answered = async (event: Event, app: FetchApp): Promise<Result> => {
  const request = requestOf(event);
  if (isFailure(request)) return refused(event, request);
  const result = await resultOf(await app(request));
  return isFailure(result) ? refused(event, result) : result;
};

const refused = async (event: Event, failure: Failure): Promise<Result> => {
  const { method } = event.requestContext.http;
  const response = refusal({ path: pathOf(event), method, traceparent: event.headers.traceparent }, failure);
  return resultOf(response) as Promise<Result>;
};
