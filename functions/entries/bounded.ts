import { type Failure, failed, isFailure } from '../../domain/kernel/failure.ts';
import { limitedBody } from '../kernel/body.ts';
import type { Log } from '../kernel/log.ts';
import { failureOf, outOfTime } from './call-failures.ts';
import type { FetchApp } from './fetch-app.ts';
import { refusal, refusedOf } from './refusal.ts';

/** What a cloud's calls carry, and how long they take: a request's body in bytes, until the answer begins in milliseconds. */
export type Bounds = { readonly bodyBytes: number; readonly timeoutMillis: number };

/** An app that speaks for itself before its cloud would: 413 for what a call cannot carry, 504 before the call is ended, and errors told. */
export const bounded =
  (app: FetchApp, { bodyBytes, timeoutMillis }: Bounds, log: Log) =>
  async (request: Request): Promise<Response> => {
    const refused = refusedOf(request);
    const carried = carriedRequest(request, bodyBytes);
    if (isFailure(carried)) return refusal(refused, carried);
    try {
      const answer = await withinMillis(timeoutMillis, async () => app(carried));
      return isFailure(answer) ? refusal(refused, answer) : answer;
    } catch (error) {
      log.error('the call failed', error);
      return refusal(refused, failureOf(error));
    }
  };

const carriedRequest = (request: Request, bodyBytes: number): Request | Failure => {
  if (request.body === null) return request;
  const body = limitedBody(request, bodyBytes);
  return isFailure(body) ? tooLarge(bodyBytes) : changedRequest(request, { body: body as ReadableStream });
};

/** A request with something else in place of what it has; what a server makes is not always one that `Request` itself would take. */
export const changedRequest = (
  { url, method, headers, body, signal }: Request,
  change: { readonly body?: ReadableStream; readonly headers?: Headers },
): Request => {
  const sent = change.body ?? body;
  return new Request(url, { method, headers, signal, ...(sent === null ? {} : { body: sent, duplex: 'half' }), ...change } as RequestInit);
};

const tooLarge = (bytes: number): Failure =>
  failed(
    'too-large',
    'body-too-large',
    `A call carries a body of at most ${bytes} bytes; a larger model is uploaded by the presigned URL that POST /v1/models/{name}/uploads gives.`,
  );

const withinMillis = async <T>(millis: number, work: () => Promise<T>): Promise<T | Failure> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Failure>((resolve) => {
    timer = setTimeout(() => resolve(outOfTime()), millis);
  });
  return Promise.race([work(), late]).finally(() => clearTimeout(timer));
};
