import type * as z from 'zod';
import type { ExportWriter } from '../../domain/billing/export-writer.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { DomainEvent } from '../../domain/kernel/decider.ts';
import type { Aggregate, EventStore, Handled, HandleOptions, StreamId } from '../../domain/kernel/event-store.ts';
import { partitionKey } from '../../domain/kernel/event-store.ts';
import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import type { Ids } from '../../domain/kernel/ids.ts';
import type { Json, JsonObject } from '../../domain/kernel/json.ts';
import type { Meter } from '../../domain/kernel/meter.ts';
import type { ModelHost } from '../../domain/kernel/model-host.ts';
import type { ObjectBody, ObjectStore } from '../../domain/kernel/object-store.ts';
import type { DeadLetters, Queue } from '../../domain/kernel/queue.ts';
import type { Table, Write } from '../../domain/kernel/table.ts';
import type { Principal } from '../../domain/kernel/tenancy.ts';
import type { BytesBody, ContextDeclaration, RouteDeclaration, StreamBody } from './context.ts';
import type { Idempotency } from './idempotency.ts';
import type { Log } from './log.ts';

/**
 * What a route answers. `onlyOnce` holds members of the body that the first answer shows and a replay under the same Idempotency-Key
 * does not (a key's secret); `stream` replaces the JSON body, and `elsewhere` gives a URL where the same bytes can be had, for a transport that
 * cannot carry so many.
 */
export type Answer = {
  readonly status: number;
  readonly body?: Json;
  readonly onlyOnce?: JsonObject;
  readonly headers?: { readonly [name: string]: string };
  readonly stream?: ObjectBody | Uint8Array;
  readonly elsewhere?: () => Promise<string>;
};

export const ok = (body: Json, headers?: Answer['headers']): Answer =>
  headers === undefined ? { status: 200, body } : { status: 200, body, headers };
export const created = (body: Json, more: Omit<Answer, 'status' | 'body'> = {}): Answer => ({ status: 201, body, ...more });
export const accepted = (body: Json): Answer => ({ status: 202, body });
export const noContent = (): Answer => ({ status: 204 });

/** A table with the event store that is built on it. */
export type Records = Table & { readonly events: EventStore };

/** What every function may be handed, whatever its context; guarded by what it declares to use. */
export type SharedPorts = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly modelHost: ModelHost;
  readonly meter: Meter;
  readonly deadLetters: DeadLetters;
  readonly exportWriter: ExportWriter;
  /** Resolves when every consumer of the table's changes has handled what was written before to these partitions. */
  readonly settled: (table: string, partitions: AsyncIterable<string>) => Promise<void>;
};

type Declared = Partial<Pick<ContextDeclaration, 'tables' | 'objects' | 'queues' | 'borrows' | 'routes'>>;
type Borrowed<B> = { readonly [N in keyof B]: B[N] extends { readonly table: string } ? Records : ObjectStore };
type Named<C extends Declared, K extends keyof C, Port> = { readonly [N in keyof C[K]]: Port };

/** The ports of a context's functions: its own tables, objects and queues by name, what it borrows, and what all share. */
export type PortsOf<C extends Declared> = SharedPorts &
  Named<C, 'tables', Records> &
  Named<C, 'objects', ObjectStore> &
  Named<C, 'queues', Queue> &
  (C['borrows'] extends object ? Borrowed<C['borrows']> : unknown);

type ParamNames<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Single<Name> | ParamNames<Rest> : never;
type Single<Name extends string> = Name extends `${infer Greedy}+` ? Greedy : Name;
type BodyOf<R> = R extends { readonly body: StreamBody }
  ? ObjectBody
  : R extends { readonly body: BytesBody }
    ? Uint8Array
    : R extends { readonly body: infer B extends z.ZodType }
      ? z.output<B>
      : undefined;
type QueryOf<R> = R extends { readonly query: infer Q extends z.ZodType } ? z.output<Q> : Record<never, never>;

export type HttpRequest<Params = { readonly [name: string]: string }, Query = unknown, Body = unknown> = {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: Headers;
  readonly url: URL;
  readonly principal: Principal;
  /** W3C `traceparent` of this request, for events and calls that come of it. */
  readonly traceparent: string;
  /** An id for what this request creates; the same again when a request with an Idempotency-Key is tried again. */
  readonly newId: () => string;
  readonly idempotency?: Idempotency;
};

export type RequestOf<C extends Declared, K extends keyof C['routes']> = HttpRequest<
  { readonly [P in ParamNames<K>]: string },
  QueryOf<NonNullable<C['routes']>[K & keyof NonNullable<C['routes']>]>,
  BodyOf<NonNullable<C['routes']>[K & keyof NonNullable<C['routes']>]>
>;

export type Handler<C extends Declared, K extends keyof C['routes']> = (
  request: RequestOf<C, K>,
  ports: PortsOf<C>,
) => Promise<Answer | Failure>;

/** Types a route's handler by its declaration: `handler<typeof models, 'GET /v1/models/{name}'>(async (request, ports) => …)`. */
export const handler = <C extends Declared, K extends keyof C['routes']>(handle: Handler<C, K>): Handler<C, K> => handle;

/** All handlers of a context, by the `does` of its routes: one is missing or left over, and it does not compile. */
export type HandlersOf<C extends Declared> = {
  readonly [K in keyof C['routes'] as NonNullable<C['routes']>[K & keyof NonNullable<C['routes']>] extends {
    readonly does: infer D extends string;
  }
    ? D
    : never]: Handler<C, K>;
};

/** A handler whose types the declaration has vouched for. */
export type AnyHandler = (request: HttpRequest<never, never, never>, ports: never) => Promise<Answer | Failure>;

/** Who a change is by, and its trace: the part of `HandleOptions` that a request knows. */
export const changedBy = (
  request: Pick<HttpRequest, 'principal' | 'traceparent'>,
): { readonly by: Principal; readonly traceparent: string } => ({
  by: request.principal,
  traceparent: request.traceparent,
});

/**
 * Changes one aggregate for a request and answers it. Under an Idempotency-Key the answer is recorded in the transaction of the change, in the
 * aggregate's partition: whoever tries again gets it, even where the process died before it could answer.
 */
export const change = async <S, C, E extends DomainEvent, F extends Failure>(
  request: Pick<HttpRequest, 'principal' | 'traceparent' | 'idempotency'>,
  records: Records,
  [aggregate, id, command]: readonly [Aggregate<S, C, E, F>, StreamId, C],
  respond: (outcome: Handled<S, E>) => Answer,
  options: Pick<HandleOptions<S, E>, 'expectedVersion'> & { readonly checks?: readonly Write[] } = {},
): Promise<Answer | Failure> => {
  const pk = partitionKey(id);
  const { idempotency } = request;
  const earlier = await idempotency?.recordedIn(pk);
  if (earlier !== undefined) return earlier;
  const outcome = await records.events.handle(aggregate, id, command, {
    ...changedBy(request),
    ...(options.expectedVersion === undefined ? {} : { expectedVersion: options.expectedVersion }),
    alongside: (handled) => [...(options.checks ?? []), ...(idempotency === undefined ? [] : [idempotency.record(pk, respond(handled))])],
  });
  return isFailure(outcome) ? outcome : respond(outcome);
};

export type { RouteDeclaration };
