import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { eventStore, recordedEvent } from '../../domain/kernel/event-store.ts';
import { failed, isFailure } from '../../domain/kernel/failure.ts';
import type { Json, JsonObject } from '../../domain/kernel/json.ts';
import type { ModelHost, Signature } from '../../domain/kernel/model-host.ts';
import type { ObjectInfo, ObjectStore } from '../../domain/kernel/object-store.ts';
import type { Change, Table } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import type { RouteDeclaration, RouteKey, Uses } from '../kernel/context.ts';
import { grant } from '../kernel/grants.ts';
import type { Answer, AnyHandler, HttpRequest, PortsOf } from '../kernel/handler.ts';
import type { Idempotency } from '../kernel/idempotency.ts';
import { problem } from '../kernel/problem.ts';
import { models } from './context.ts';
import { handlers, subscribers } from './handlers.ts';

export const signature: Signature = {
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }],
  outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 1] }],
};

// Made by hand, because a blob's stream takes real time, and races are about turns.
const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });

const collected = async (body: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Objects in memory, as far as this context uses them. */
const objectsInMemory = (turn: () => Promise<unknown>): ObjectStore & { readonly keys: () => readonly string[] } => {
  const objects = new Map<string, Buffer>();
  const info = (key: string): ObjectInfo => {
    const sizeBytes = objects.get(key)?.length ?? 0;
    return { key, sizeBytes, etag: '"e"', contentType: 'application/octet-stream', modifiedAt: '2026-01-01T00:00:00.000Z' };
  };
  const unused = () => Promise.reject(new TypeError('not used here'));
  return {
    keys: () => [...objects.keys()],
    async put(key, body) {
      await turn();
      objects.set(key, await collected(body as AsyncIterable<Uint8Array>));
      return info(key);
    },
    async get(key, range) {
      const bytes = objects.get(key);
      if (bytes === undefined) return undefined;
      const part = range === undefined ? bytes : bytes.subarray(range.start, (range.end ?? bytes.length) + 1);
      return { info: info(key), body: streamOf(part) };
    },
    head: async (key) => (objects.has(key) ? info(key) : undefined),
    async copy(from, to) {
      await turn();
      const bytes = objects.get(from);
      if (objects.has(to)) return failed('conflict', 'object-exists', 'taken');
      if (bytes === undefined) return failed('not-found', 'object-not-found', 'nothing to copy');
      objects.set(to, bytes);
      return info(to);
    },
    async delete(key) {
      await turn();
      objects.delete(key);
    },
    list: unused,
    startMultipart: unused,
    putPart: unused,
    completeMultipart: unused,
    abortMultipart: unused,
    presign: async (method, key, seconds) => `https://objects.example/${key}?method=${method}&expires=${seconds}`,
  };
};

/** Holds every object that begins with `onnx` for a model. */
const inspecting = (objects: ObjectStore): Pick<ModelHost, 'inspect'> => ({
  async inspect(key) {
    const object = await objects.get(key);
    if (object === undefined || isFailure(object)) return failed('not-found', 'artifact-not-found', 'nothing there');
    const bytes = await collected(object.body as unknown as AsyncIterable<Uint8Array>);
    return bytes.toString().startsWith('onnx') ? signature : failed('invalid', 'not-an-onnx-model', 'not ONNX');
  },
});

export type Call = {
  readonly body?: unknown;
  readonly query?: { readonly [name: string]: string };
  readonly headers?: { readonly [name: string]: string };
  readonly tenant?: string;
  readonly idempotency?: Idempotency;
};

/**
 * The context on a table in memory: `call` does what a route does, with the grants and the answers that it declares; `deliver` hands all that was said since to
 * the context's own subscribers; `hear` hands them what another context says. A clock that goes on by 10 ms at each look. Every
 * change of an object waits for `turn`.
 */
export const world = (
  table: Table & { readonly changes: () => readonly Change[] },
  turn: () => Promise<unknown> = async () => undefined,
) => {
  let ticks = 0;
  let ids = 0;
  let delivered = 0;
  const clock = { now: () => new Date(Date.UTC(2026, 0, 1) + ticks++ * 10) };
  const newId = () => String(++ids).padStart(26, '0');
  const registry = { ...table, events: eventStore(table, { clock, ids: { next: newId } }) };
  const artifacts = objectsInMemory(turn);
  const ports = { registry, artifacts, clock, ids: { next: newId }, modelHost: inspecting(artifacts) };
  const granted = (uses: Uses) => grant(ports, uses) as unknown as PortsOf<typeof models>;

  const call = async (
    key: RouteKey & keyof typeof models.routes,
    params: HttpRequest['params'] = {},
    options: Call = {},
  ): Promise<Answer> => {
    const route: RouteDeclaration = models.routes[key];
    const { tenant = 'acme', headers, idempotency, body, query = {} } = options;
    const parsed = route.body !== undefined && 'parse' in route.body ? route.body.parse(body) : body;
    const request: HttpRequest = {
      params,
      query: route.query === undefined ? {} : route.query.parse(query),
      body: typeof parsed === 'string' ? streamOf(Buffer.from(parsed)) : parsed,
      headers: new Headers(headers),
      url: new URL(key.split(' ')[1]?.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '') ?? '', 'http://platform'),
      principal: { tenant: tenant as TenantId, id: 'key:ada', roles: ['editor'] },
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      newId,
      ...(idempotency === undefined ? {} : { idempotency }),
    };
    const handle = handlers[route.does as keyof typeof handlers] as unknown as AnyHandler;
    const outcome = await handle(request as never, granted(route.uses) as never);
    const answer = isFailure(outcome) ? problem(outcome) : outcome;
    const schema = route.answers[answer.status];
    if (schema === undefined) throw new TypeError(`${key} does not declare that it answers ${answer.status}`);
    if ('parse' in schema && answer.body !== undefined) schema.parse(answer.body);
    return answer;
  };

  const published = (): readonly CloudEvent[] =>
    table.changes().flatMap(({ item }) => {
      const recorded = item && recordedEvent(item);
      const declared = models.publishes.find(({ name }) => name === recorded?.event.type);
      if (recorded === undefined || declared === undefined) return [];
      return [cloudEvent(declared.type, declared.data.parse(recorded.event) as JsonObject, recorded.tenant, recorded)];
    });

  const cloudEvent = (
    type: string,
    data: JsonObject,
    tenantid = 'acme',
    { id = newId(), at = clock.now().toISOString(), by = 'system:inference' } = {},
  ): CloudEvent => {
    const fixed = { specversion: '1.0', datacontenttype: 'application/json', source: '/models', subject: 's', sequence: '1' } as const;
    return { ...fixed, id, type, time: at, tenantid, principal: by, data };
  };

  const hear = async (event: CloudEvent): Promise<void> => {
    for (const [name, declared] of Object.entries(models.subscribers))
      if (declared.to.some(({ type }) => type === event.type))
        await subscribers[name as keyof typeof subscribers](event, granted(declared.uses));
  };

  const deliver = async (): Promise<void> => {
    const events = published();
    const fresh = events.slice(delivered);
    delivered = events.length;
    for (const event of fresh) await hear(event);
  };

  const says = () => published().map(({ type }) => type.split('.').at(-2) ?? '');
  const dataOf = (name: string): readonly JsonObject[] =>
    published()
      .filter(({ type }) => type.includes(`.${name}.`))
      .map(({ data }) => data);
  return { call, deliver, hear, cloudEvent, published, says, dataOf, keys: artifacts.keys, registry, table, ports };
};

/** A member of a JSON body, by its path. */
export const member = (answer: Answer, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((value, name) => (value as { readonly [name: string]: Json } | undefined)?.[name], answer.body);
