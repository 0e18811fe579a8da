import { type Failure, failed, isFailure, Rejected } from '../../domain/kernel/failure.ts';
import type { Principal } from '../../domain/kernel/tenancy.ts';
import type { AccessLog } from '../kernel/access-log.ts';
import { tellOfDenial } from '../kernel/audit-access.ts';
import { authorize } from '../kernel/authentication.ts';
import type { Answer } from '../kernel/handler.ts';
import { inferenceError } from '../kernel/problem.ts';
import type { Serving } from '../kernel/serve.ts';
import { continueTrace } from '../kernel/trace.ts';
import { inference } from './context.ts';
import { type InferPorts, inferAt } from './infer.ts';

const key = 'POST /v2/models/{endpoint}/infer';
const route = inference.routes[key];
const path = /^\/v2\/models\/([^/?]+)(?:\/versions\/([^/?]+))?\/infer(?:\?.*)?$/;

export type HotTarget = { readonly endpoint: string; readonly version: string | undefined };

/** The endpoint and version of an inference request's target; nothing where it is another route's. */
export const hotTarget = (method: string | undefined, url: string | undefined): HotTarget | undefined => {
  const matched = method === 'POST' && url !== undefined ? path.exec(url) : null;
  if (matched === null) return undefined;
  try {
    return {
      endpoint: decodeURIComponent(matched[1] as string),
      version: matched[2] === undefined ? undefined : decodeURIComponent(matched[2]),
    };
  } catch {
    return undefined;
  }
};

export type HotRequest = {
  readonly target: HotTarget;
  readonly authorization: string | undefined;
  readonly traceparent: string | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** The whole body, or why it could not be had. */
  readonly body: Uint8Array | Promise<Uint8Array | Failure>;
};
export type HotAnswer = Answer & { readonly traceparent: string };

/**
 * The same as the route's way through the frame, without a `Request` and a `Response` object for each call: they are the larger part of what an
 * inference with a small model costs. `bench/infer.ts` measures it.
 */
export const hotPath =
  (serving: Serving, ports: InferPorts, log: AccessLog) =>
  async (request: HotRequest): Promise<HotAnswer> => {
    const started = performance.now();
    const { traceId, traceparent } = continueTrace(request.traceparent);
    let principal: Principal | undefined;
    let outcome: Answer | Failure;
    try {
      const admitted = await admit(serving, request, traceparent);
      if (isFailure(admitted)) outcome = admitted;
      else {
        principal = admitted;
        const body = unsupported(request) ?? (await request.body);
        outcome = isFailure(body) ? body : await inferAt({ tenant: principal.tenant, ...request.target }, body, ports);
      }
    } catch (error) {
      outcome = unexpected(serving, error, traceId);
    }
    const answer = isFailure(outcome) ? refusal(outcome) : outcome;
    log.line({ tenant: principal?.tenant, route: key, status: answer.status, durationMillis: performance.now() - started, traceId });
    return { ...answer, traceparent };
  };

const internal = 'internal-error';

const refusal = (failure: Failure): Answer =>
  failure.code === internal ? { ...inferenceError(failure), status: 500 } : inferenceError(failure);

const admit = async (serving: Serving, { authorization, target }: HotRequest, traceparent: string): Promise<Principal | Failure> => {
  const who = await serving.authenticate(authorization);
  const told = { action: key, resource: `/v2/models/${target.endpoint}/infer`, traceparent };
  if ('failure' in who) return tellOfDenial(serving, who.suspect, who.failure, told);
  const refused = authorize(who.principal, route);
  return refused ? tellOfDenial(serving, { tenant: who.principal.tenant, principal: who.principal.id }, refused, told) : who.principal;
};

const unsupported = ({ contentType, contentEncoding }: HotRequest): Failure | undefined => {
  if (contentEncoding !== undefined && contentEncoding !== 'identity')
    return failed('unsupported-media-type', 'unsupported-content-encoding', `The body has to come as it is, not ${contentEncoding}.`);
  if (!contentType || contentType === 'application/json' || /^application\/json\s*;/i.test(contentType)) return undefined;
  return failed('unsupported-media-type', 'unsupported-media-type', `The body has to be application/json, not ${contentType}.`);
};

const unexpected = ({ log }: Serving, error: unknown, traceId: string): Failure => {
  if (error instanceof Rejected) return error.failure;
  log.error('request failed', error, { route: key, trace_id: traceId });
  return failed('unavailable', internal, 'Something went wrong on our side; the logs know more under the trace id of this answer.');
};
