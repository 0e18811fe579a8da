import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { contexts } from '../contexts.ts';
import { context } from './context.ts';
import { schemaCollector } from './json-schema.ts';
import { openApi } from './openapi.ts';
import { operationsOf } from './operations.ts';
import { Problem } from './schemas.ts';

type Operation = {
  readonly operationId: string;
  readonly tags: string[];
  readonly parameters: {
    readonly name?: string;
    readonly in?: string;
    readonly required?: boolean;
    readonly $ref?: string;
    readonly schema?: object;
  }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, object> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly headers?: object; readonly content?: Record<string, object> }
  >;
  readonly security: object[];
  readonly [extension: `x-${string}`]: unknown;
};
type Document = {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
};

const limit = { body: '4 KiB', time: '90 s' } as const;
const Thing = z.object({ id: z.string(), size: z.int(), at: z.iso.datetime() }).meta({ id: 'Thing' });
const base = { summary: 'x', permission: 'models:read', limit, uses: {} } as const;
const foreign = { ...base, errors: 'open-inference' } as const;
const things = context('things', {
  describes: 'Things',
  routes: {
    'GET /v1/things': {
      ...base,
      does: 'list',
      query: z.object({ kind: z.string().describe('Which'), limit: z.coerce.number().int().default(100) }),
      answers: { 200: z.array(Thing) },
    },
    'POST /v1/things': {
      ...base,
      does: 'make',
      body: z.strictObject({ id: z.string(), size: z.int().default(1) }),
      answers: { 201: Thing, 409: Problem, 422: Problem },
    },
    'GET /v1/things/{id}': { ...base, does: 'get', params: z.object({ id: z.string().max(7) }), answers: { 200: Thing } },
    'PUT /v1/things/{id}': { ...base, scope: 'either', does: 'put', body: z.object({}), answers: { 200: Thing, 412: Problem } },
    'POST /v1/things/{id}/bytes': { ...base, does: 'upload', body: { stream: 'application/octet-stream' }, answers: { 204: z.null() } },
    'GET /v1/things/{id}/bytes': {
      ...base,
      does: 'download',
      answers: { 200: { media: 'image/png', describes: 'A picture' }, 206: { media: 'image/png', describes: 'A part' } },
    },
    'GET /v2/things/{name}': { ...foreign, does: 'run', answers: { 200: Thing } },
    'GET /v2/things/{name}/versions/{version}': { ...foreign, does: 'run', answers: { 200: Thing } },
    'GET /free': { ...base, does: 'free', permission: 'public', answers: { 200: Thing } },
    'GET /objects/{key+}': { ...base, does: 'object', permission: 'signed', answers: { 200: Thing } },
  },
});
const other = context('other', { describes: 'Others', routes: { 'GET /v1/others': { ...base, does: 'get', answers: { 200: Thing } } } });
const { paths, components } = openApi([things, other], { version: '1.2.3' }) as unknown as Document;
const at = (method: string, path: string): Operation => paths[path]?.[method] as Operation;
const refsOf = (operation: Operation): (string | undefined)[] =>
  operation.parameters.flatMap(({ $ref }) => ($ref ? [$ref.split('/').at(-1)] : []));

describe('the OpenAPI document of the platform', () => {
  it('is valid by the schema of OpenAPI 3.1', async () => {
    const outcome = await new Validator().validate(JSON.parse(JSON.stringify(openApi(contexts))));
    expect(outcome.errors).toBeUndefined();
    expect(outcome.valid).toBe(true);
  });

  it('refers to nothing that it does not have', () => {
    const document = JSON.stringify(openApi(contexts));
    const has = (ref: string) =>
      ref
        .split('/')
        .slice(1)
        .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], JSON.parse(document));
    const refs = [...new Set([...document.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] as string))];
    expect(refs.length).toBeGreaterThan(10);
    expect(refs.filter((ref) => has(ref) === undefined)).toEqual([]);
  });

  it('tells of every operation how it fails, what it asks for and what bounds it', () => {
    const document = openApi(contexts) as unknown as Document;
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations).toHaveLength(operationsOf(contexts).length);
    for (const operation of operations) {
      expect(operation.responses.default?.content, operation.operationId).toBeDefined();
      expect(operation['x-permission'], operation.operationId).toEqual(expect.any(String));
      expect(operation['x-limits']).toEqual({ bodyBytes: expect.any(Number), seconds: expect.any(Number) });
    }
  });

  it('is the same every time', () => {
    expect(JSON.stringify(openApi(contexts))).toBe(JSON.stringify(openApi(contexts)));
  });
});

describe('an operation', () => {
  it('has what is declared of its permission, scope and limits', () => {
    expect(at('put', '/v1/things/{id}')).toMatchObject({
      tags: ['things'],
      security: [{ bearer: [] }],
      'x-permission': 'models:read',
      'x-scope': 'either',
      'x-limits': { bodyBytes: 4096, seconds: 90 },
    });
  });

  it('asks nobody for a key where it is public, and for a signature where it is signed', () => {
    expect(at('get', '/free').security).toEqual([]);
    expect(at('get', '/objects/{key}').security).toEqual([{ signed: [] }]);
  });

  it('takes its parameters from the path, with their schemas where there are any', () => {
    expect(at('get', '/v1/things/{id}').parameters[0]).toEqual({
      name: 'id',
      in: 'path',
      required: true,
      schema: { type: 'string', maxLength: 7 },
    });
    expect(at('put', '/v1/things/{id}').parameters[0]).toEqual({ name: 'id', in: 'path', required: true, schema: { type: 'string' } });
  });

  it('takes its parameters from the query, with what is required and what is the default', () => {
    expect(at('get', '/v1/things').parameters.filter((parameter) => parameter.in === 'query')).toEqual([
      { name: 'kind', in: 'query', required: true, description: 'Which', schema: { type: 'string' } },
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', default: 100 } },
    ]);
  });

  it('asks for a JSON body as a client may send it', () => {
    expect(at('post', '/v1/things').requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { id: { type: 'string' }, size: { type: 'integer', default: 1 } },
            required: ['id'],
            additionalProperties: false,
          },
        },
      },
    });
    expect(at('put', '/v1/things/{id}').requestBody?.required).toBe(false);
  });

  it('takes a stream with the digest of it', () => {
    const upload = at('post', '/v1/things/{id}/bytes');
    expect(upload.requestBody).toEqual({ required: true, content: { 'application/octet-stream': {} } });
    expect(refsOf(upload)).toEqual(['IdempotencyKey', 'ContentDigest', 'traceparent']);
  });

  it('takes the headers that its method and its answers call for', () => {
    expect(refsOf(at('post', '/v1/things'))).toEqual(['IdempotencyKey', 'traceparent']);
    expect(refsOf(at('put', '/v1/things/{id}'))).toEqual(['IfMatch', 'IfNoneMatch', 'traceparent']);
    expect(refsOf(at('get', '/v1/things/{id}/bytes'))).toEqual(['Range', 'traceparent']);
  });

  it('answers with its schemas, and with problems as problem details', () => {
    const { responses } = at('post', '/v1/things');
    expect(responses['201']?.content).toEqual({ 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } });
    for (const status of ['409', 'default'])
      expect(responses[status]?.content).toEqual({ 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } });
  });

  it('names statuses as problems name them', () => {
    expect(at('post', '/v1/things').responses['422']?.description).toBe('Unprocessable Content');
  });

  it('answers a foreign protocol in its own shape', () => {
    expect(at('get', '/v2/things/{name}').responses.default?.content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/InferenceError' } },
    });
  });

  it('answers nothing at all where that is declared, and bytes by their media type', () => {
    expect(at('post', '/v1/things/{id}/bytes').responses['204']?.content).toBeUndefined();
    expect(at('get', '/v1/things/{id}/bytes').responses['200']).toMatchObject({ description: 'A picture', content: { 'image/png': {} } });
  });

  it('tells where what it created can be found, and by which tag it is changed', () => {
    expect(Object.keys(at('post', '/v1/things').responses['201']?.headers ?? {})).toEqual([
      'Location',
      'Idempotency-Replayed',
      'traceparent',
    ]);
    expect(Object.keys(at('get', '/v1/things/{id}').responses['200']?.headers ?? {})).toEqual(['ETag', 'traceparent']);
  });

  it('has an id of its own where others do the same', () => {
    expect(at('get', '/v1/things/{id}').operationId).toBe('get');
    expect(at('get', '/v1/others').operationId).toBe('other-get');
    expect(at('get', '/v2/things/{name}').operationId).toBe('run');
    expect(at('get', '/v2/things/{name}/versions/{version}').operationId).toBe('run-by-version');
  });
});

describe('a schema', () => {
  it('that has a name is told once, open to members to come and without what its format says', () => {
    expect(components.schemas.Thing).toEqual({
      type: 'object',
      properties: { id: { type: 'string' }, size: { type: 'integer' }, at: { type: 'string', format: 'date-time' } },
      required: ['id', 'size', 'at'],
    });
  });

  it('has its name alone', () => {
    const schemas = schemaCollector('draft-2020-12');
    const defaulted = z.object({ a: z.string().default('x') }).meta({ id: 'Defaulted' });
    schemas.of(defaulted, 'input');
    expect(() => schemas.of(z.object({ again: defaulted }), 'input')).not.toThrow();
    expect(() => schemas.of(defaulted, 'output')).toThrow('Two different schemas have the id "Defaulted"');
  });
});
