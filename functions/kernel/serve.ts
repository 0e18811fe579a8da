import type { Context as HonoContext } from 'hono';
import { HonoBase } from 'hono/hono-base';
import { TrieRouter } from 'hono/router/trie-router';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { EventBus } from '../../domain/kernel/event-bus.ts';
import { type Failure, failed, isFailure, Rejected } from '../../domain/kernel/failure.ts';
import type { Ids } from '../../domain/kernel/ids.ts';
import type { JsonObject } from '../../domain/kernel/json.ts';
import type { Table } from '../../domain/kernel/table.ts';
import { type Principal, platformTenant } from '../../domain/kernel/tenancy.ts';
import { tellOfDenial, tellOfUse } from './audit-access.ts';
import { type Authenticate, authorize } from './authentication.ts';
import { carriable } from './carriable.ts';
import { type ContextDeclaration, millisOf, type RouteDeclaration, type RouteKey } from './context.ts';
import { grant, isUngranted } from './grants.ts';
import type { Answer, AnyHandler, HttpRequest, SharedPorts } from './handler.ts';
import { claimIdempotency, fingerprintOf, type Idempotency, type Instance } from './idempotency.ts';
import { parseRequest } from './parse-request.ts';
import { failureAt, inferenceError, problem } from './problem.ts';
import { respond } from './respond.ts';
import { continueTrace, type Trace } from './trace.ts';

/** What serving needs beside the ports of the functions. */
export type Serving = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: SharedPorts['log'];
  readonly instance: Instance;
  readonly authenticate: Authenticate;
  /** Hears of every denied access. */
  readonly bus: EventBus;
  /**
   * After so long a request is over, whatever its route may take: a cloud ends the process that is at it, or lets go of it. So long its claim under an
   * Idempotency-Key lasts at most.
   */
  readonly longestRequestMillis?: number;
  /** How many bytes of a streamed answer the transport carries; any number unless told. */
  readonly largestAnswerBytes?: number;
};

/** A context as it runs: its declaration, its handlers by `does`, its ports by name. */
export type RunningContext = {
  readonly declaration: ContextDeclaration;
  readonly handlers: { readonly [does: string]: AnyHandler };
  readonly ports: { readonly [name: string]: unknown };
};

export const splitRoute = (key: RouteKey): { readonly method: string; readonly path: string } => {
  const [method, path] = key.split(' ') as [string, string];
  return { method, path };
};

const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\+\}/g, ':$1{.+}').replaceAll(/\{(\w+)\}/g, ':$1');

/** With one router, not the three that `hono` itself chooses from: functions are small. */
const newApp = (): HonoBase => new HonoBase({ router: new TrieRouter() });

/** One context's HTTP: a Hono app that answers its routes, and 405 for another method of a path it knows. */
export const contextApp = (context: RunningContext, serving: Serving): HonoBase => {
  const app = newApp();
  const methods = new Map<string, string[]>();
  for (const [key, route] of Object.entries(context.declaration.routes)) {
    const { method, path } = splitRoute(key as RouteKey);
    app.on(method, honoPath(path), routeHandler(key as RouteKey, route, context, serving));
    methods.set(path, [...(methods.get(path) ?? []), method]);
  }
  for (const [path, allowed] of methods) app.all(honoPath(path), (c) => methodNotAllowed(c.req.raw, allowed));
  return app;
};

/** All contexts in one app; what nobody knows is a 404 in the shape of its protocol. */
export const platformApp = (contexts: readonly RunningContext[], serving: Serving): HonoBase => {
  const app = newApp();
  for (const context of contexts) app.route('/', contextApp(context, serving));
  app.notFound((c) =>
    respond(
      failureAt(c.req.path, failed('not-found', 'route-not-found', `There is nothing at ${c.req.method} ${c.req.path}; see /docs.`)),
      continueTrace(c.req.header('traceparent')),
    ),
  );
  return app;
};

const methodNotAllowed = (request: Request, allowed: readonly string[]): Response => {
  const { pathname } = new URL(request.url);
  const allow = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].join(', ');
  const detail = `${request.method} is not for ${pathname}; it takes ${allow}.`;
  const answer = restated(failureAt(pathname, failed('invalid', 'method-not-allowed', detail)), 405, 'Method Not Allowed');
  return respond({ ...answer, headers: { ...answer.headers, allow } }, continueTrace(request.headers.get('traceparent')));
};

/** A failure under a status that no kind of failure has. */
const restated = (answer: Answer, status: number, title: string): Answer => {
  const body = answer.body as JsonObject;
  return { ...answer, status, body: 'error' in body ? body : { ...body, title, status } };
};

const routeHandler = (key: RouteKey, route: RouteDeclaration, context: RunningContext, serving: Serving) => {
  const handle = context.handlers[route.does] as AnyHandler;
  const ports = grant(context.ports, route.uses) as never;
  const table = claimTable(context, route);
  return async (c: HonoContext): Promise<Response> => {
    const started = performance.now();
    const trace = continueTrace(c.req.header('traceparent'));
    const exchange: Exchange = { key, route, request: c.req.raw, params: c.req.param() as Record<string, string>, trace, serving, table };
    const { answer, principal } = await exchanged(exchange, (request) => handle(request as never, ports));
    serving.log.info('request', {
      tenant: principal?.tenant,
      route: key,
      status: answer.status,
      duration_ms: Math.round((performance.now() - started) * 1000) / 1000,
      trace_id: trace.traceId,
    });
    return respond(answer, trace, c.req.raw.method);
  };
};

type Exchange = {
  readonly key: RouteKey;
  readonly route: RouteDeclaration;
  readonly request: Request;
  readonly params: Record<string, string>;
  readonly trace: Trace;
  readonly serving: Serving;
  readonly table: Table | undefined;
};
type Handle = (request: HttpRequest) => Promise<Answer | Failure>;

// The claims of idempotent requests live in the table that the route appends to.
const claimTable = ({ ports, declaration }: RunningContext, route: RouteDeclaration): Table | undefined => {
  const name = Object.entries(route.uses).find(
    ([resource, verbs]) => declaration.tables[resource] !== undefined && verbs.includes('append'),
  )?.[0];
  return name === undefined ? undefined : (ports[name] as Table);
};

const exchanged = async (
  exchange: Exchange,
  handle: Handle,
): Promise<{ readonly answer: Answer; readonly principal: Principal | undefined }> => {
  const { route, request, serving, key } = exchange;
  const failure = (value: Failure): Answer => (route.errors === 'open-inference' ? inferenceError(value) : problem(value));
  let principal: Principal | undefined;
  try {
    const admitted = await admit(exchange);
    if (isFailure(admitted)) return { answer: failure(admitted), principal };
    principal = admitted === nobody ? undefined : admitted;
    const outcome = await attempt(exchange, admitted, handle, failure);
    if (isFailure(outcome)) return { answer: failure(outcome), principal };
    return { answer: request.method === 'HEAD' ? outcome : await carriable(outcome, serving.largestAnswerBytes), principal };
  } catch (error) {
    if (error instanceof Rejected && !isUngranted(error.failure)) {
      tellOfUnavailable(exchange, error, principal);
      return { answer: failure(error.failure), principal };
    }
    if (request.signal.aborted)
      return { answer: failure(failed('malformed', 'request-aborted', 'The request broke off before it was complete.')), principal };
    serving.log.error('request failed', error, { route: key, tenant: principal?.tenant, trace_id: exchange.trace.traceId });
    return { answer: internalError(route), principal };
  }
};

/** The answer says nothing of the cloud below; who runs the platform has to learn what it refused, a role's missing grant, say. */
const tellOfUnavailable = ({ serving, key, trace }: Exchange, { failure, message }: Rejected, principal: Principal | undefined): void => {
  if (failure.failure !== 'unavailable') return;
  serving.log.warn('request could not be served', { route: key, tenant: principal?.tenant, trace_id: trace.traceId, reason: message });
};

const internalError = (route: RouteDeclaration): Answer => {
  const failure = failed(
    'unavailable',
    'internal-error',
    'Something went wrong on our side; the logs know more under the trace id of this answer.',
  );
  return restated(route.errors === 'open-inference' ? inferenceError(failure) : problem(failure), 500, 'Internal Server Error');
};

const nobody: Principal = { tenant: platformTenant, id: 'anonymous', roles: [] };

/** Who asks, if they may; every denial with a name to it is told to the audit trail, and of some routes every use, before it begins. */
const admit = async ({ route, request, serving, key, trace }: Exchange): Promise<Principal | Failure> => {
  if (route.permission === 'public' || route.permission === 'signed') return nobody;
  const who = await serving.authenticate(request.headers.get('authorization'));
  const where = { action: key, resource: new URL(request.url).pathname, traceparent: trace.traceparent };
  if ('failure' in who) return tellOfDenial(serving, who.suspect, who.failure, where);
  const refused = authorize(who.principal, route);
  const named = { tenant: who.principal.tenant, principal: who.principal.id };
  if (refused) return tellOfDenial(serving, named, refused, where);
  if (route.told) await tellOfUse(serving, { ...named, ...where });
  return who.principal;
};

const attempt = async (
  exchange: Exchange,
  principal: Principal,
  handle: Handle,
  shaped: (failure: Failure) => Answer,
): Promise<Answer | Failure> => {
  const parsed = await parseRequest(exchange);
  if (isFailure(parsed)) return parsed;
  const base = {
    ...parsed,
    headers: exchange.request.headers,
    url: new URL(exchange.request.url),
    principal,
    traceparent: exchange.trace.traceparent,
  };
  return withinTime(exchange.route, perform(exchange, base, handle, shaped));
};

const perform = async (
  exchange: Exchange,
  base: Omit<HttpRequest, 'newId' | 'idempotency'>,
  handle: Handle,
  shaped: (failure: Failure) => Answer,
): Promise<Answer | Failure> => {
  const { principal } = base;
  const key = exchange.request.headers.get('idempotency-key');
  if (exchange.request.method !== 'POST' || key === null || exchange.table === undefined)
    return handle({ ...base, newId: () => exchange.serving.ids.next() });
  const { serving, route, table } = exchange;
  const leaseMillis = Math.min(millisOf(route.limit.time), serving.longestRequestMillis ?? Number.POSITIVE_INFINITY);
  const claimant = { tenant: principal.tenant, principal: principal.id, route: exchange.key, key, leaseMillis };
  const claim = await claimIdempotency(table, claimant, serving);
  if (isFailure(claim)) return claim;
  return idempotent(claim, { ...base, idempotency: claim, newId: () => claim.id }, handle, shaped);
};

/**
 * Answers 504 once a route's time is over; a stream takes the time that its sender takes. What was begun goes on to its end, so that it is never
 * half-done, and under an Idempotency-Key its answer is kept for whoever asks again.
 */
const withinTime = async (route: RouteDeclaration, work: Promise<Answer | Failure>): Promise<Answer | Failure> => {
  if (route.body !== undefined && 'stream' in route.body) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Failure>((resolve) => {
    timer = setTimeout(() => {
      resolve(outOfTime(route));
      void work.then(letGo, () => undefined);
    }, millisOf(route.limit.time));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/** What was opened for an answer that comes too late is nobody's to read. */
const letGo = async (late: Answer | Failure): Promise<void> => {
  if (!isFailure(late) && late.stream instanceof ReadableStream) await late.stream.cancel().catch(() => undefined);
};

const outOfTime = ({ limit }: RouteDeclaration): Failure =>
  failed('timeout', 'time-limit-exceeded', `This takes longer than the ${limit.time} that it may take; what was begun may still be done.`);

const idempotent = async (
  claim: Idempotency,
  request: HttpRequest,
  handle: Handle,
  shaped: (failure: Failure) => Answer,
): Promise<Answer | Failure> => {
  const streamed = request.body instanceof ReadableStream;
  try {
    const earlier = streamed ? undefined : await claim.identify(fingerprintOf(request.url.pathname, request.body));
    if (earlier !== undefined) return earlier;
    const outcome = await handle(request);
    await claim.finish(isFailure(outcome) ? shaped(outcome) : outcome);
    return outcome;
  } catch (error) {
    await claim.finish(error instanceof Rejected ? shaped(error.failure) : { status: 500 }).catch(() => undefined);
    throw error;
  }
};
