import * as z from 'zod';
import { apiKeyStream, apiKeys, formatApiKey } from '../../domain/identity/api-key.ts';
import { tenantStream, tenants } from '../../domain/identity/tenant.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Table } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { sha256 } from './authentication.ts';
import { type ContextDeclaration, context } from './context.ts';
import { type AnyHandler, created, type HttpRequest, ok } from './handler.ts';
import { Problem } from './schemas.ts';
import { platformApp } from './serve.ts';
import { testServing } from './test-serving.ts';

const limit = { body: '1 KiB', time: '10 s' } as const;
const reading = { summary: 'x', permission: 'models:read', limit, uses: {}, answers: { 200: Problem } } as const;
const writing = { ...reading, permission: 'models:write', uses: { things: ['read', 'append'] } } as const;
const Thing = z.strictObject({ name: z.string().max(10), size: z.int() });

const things = context('things', {
  describes: 'Things',
  tables: { things: {} },
  routes: {
    'GET /v1/things/{id}': {
      ...reading,
      does: 'echo',
      params: z.object({ id: z.string().max(5) }),
      query: z.object({ n: z.coerce.number().default(1) }),
    },
    'POST /v1/things': { ...writing, does: 'make', body: Thing },
    'PUT /v1/streams': { ...writing, does: 'stream', body: { stream: 'application/octet-stream' } },
    'PUT /v1/anything/{key+}': { ...writing, permission: 'signed', does: 'echo', body: { stream: '*/*' } },
    'POST /v1/waits': { ...writing, limit: { ...limit, time: '20 ms' }, does: 'wait', body: z.object({}) },
    'PUT /v1/long-streams': { ...writing, limit: { ...limit, time: '20 ms' }, does: 'wait', body: { stream: '*/*' } },
    'GET /v1/told': { ...reading, told: true, does: 'echo', query: z.object({ n: z.coerce.number() }) },
    'POST /v1/actions': { ...writing, does: 'make' },
    'GET /v1/failures/{kind}': { ...reading, does: 'fail' },
    'GET /v1/downloads': { ...reading, permission: 'public', does: 'download' },
    'GET /v1/late-downloads': { ...reading, permission: 'public', limit: { ...limit, time: '20 ms' }, does: 'late-download' },
    'GET /v2/failures/{kind}': { ...reading, does: 'fail', errors: 'open-inference' },
    'POST /v2/infer': { ...reading, does: 'bytes', body: { bytes: z.unknown() }, errors: 'open-inference' },
  },
});

const acme = 'acme' as TenantId;
const editorKey = formatApiKey({ tenant: acme, id: 'E1', secret: 'cafe' });
export const invokerKey = formatApiKey({ tenant: acme, id: 'I1', secret: 'cafe' });

const failures: { readonly [kind: string]: () => unknown } = {
  value: () => failed('conflict', 'taken', 'It is taken.'),
  rejected: () => {
    throw new Rejected(failed('storage-full', 'storage-full', 'The disk is full.'));
  },
  refused: () => {
    throw Object.assign(new Rejected(failed('unavailable', 'cloud-unavailable', 'Try again.')), {
      message: 'DynamoDB GetItem: AccessDenied',
    });
  },
  bug: () => {
    throw new TypeError('password=hunter2 at /srv/secret.ts');
  },
  ungranted: () => {
    throw new Rejected(failed('forbidden', 'not-granted', 'x'));
  },
};

type Sent = { readonly body?: string | object; readonly headers?: Record<string, string>; readonly key?: string | null };

/** A context of routes of every kind, served over two tables, and a tenant with the keys of an editor and an invoker. */
export const thingsWorld = async (directory: Table, table: Table) => {
  const serving = testServing(directory);
  const { events } = serving.directory;
  const at = serving.clock.now().toISOString();
  const by = { id: 'test' };
  await events.handle(tenants, tenantStream(acme), { type: 'create', tenant: acme, name: 'Acme', at }, { by });
  for (const [id, role] of [
    ['E1', 'editor'],
    ['I1', 'invoker'],
  ] as const) {
    const key = { id, name: id, prefix: '', roles: [role], secretHash: sha256('cafe'), expiresAt: null, createdAt: at };
    await events.handle(apiKeys, apiKeyStream(acme, id), { type: 'create', tenant: acme, key }, { by });
  }
  let made = 0;
  const held: (() => void)[] = [];
  const stops: string[] = [];
  const download = async () => ({ status: 200, stream: new ReadableStream({ cancel: () => void stops.push('cancelled') }) });
  const handlers = {
    echo: async ({ params, query, traceparent }: HttpRequest) => ok({ params, query: query as never, traceparent }),
    make: async ({ newId }: HttpRequest) => (++made > 0 ? created({ id: newId(), made }, { onlyOnce: { key: 'shown once' } }) : ok({})),
    wait: async () => {
      await new Promise<void>((resolve) => held.push(resolve));
      return created({ made: ++made });
    },
    stream: async ({ body }: HttpRequest) => ok({ length: (await new Response(body as BodyInit).bytes()).length }),
    bytes: async ({ body }: HttpRequest) => ok({ length: (body as Uint8Array).length }),
    fail: async ({ params }: HttpRequest) => failures[params.kind as string]?.(),
    download,
    'late-download': () => new Promise<void>((resolve) => held.push(resolve)).then(download),
  };
  const running = {
    declaration: things as unknown as ContextDeclaration,
    handlers: handlers as never as Record<string, AnyHandler>,
    ports: { things: table },
  };
  const app = platformApp([running], serving);
  // A body goes as a stream, so that no Content-Type comes with it but the one that a test sends.
  const send = (method: string, path: string, { body, headers, key = editorKey }: Sent = {}) => {
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const credentials: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    const type: Record<string, string> = typeof body === 'object' ? { 'content-type': 'application/json' } : {};
    const streamed = text === undefined ? {} : { body: new Blob([text]).stream(), duplex: 'half' };
    return app.request(path, { method, headers: { ...credentials, ...type, ...headers }, ...streamed });
  };
  /** Lets what waits go on. */
  const release = () => {
    for (const go of held.splice(0)) go();
  };
  return { ...serving, send, stops, release };
};
