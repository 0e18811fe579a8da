import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import type { JsonObject } from '../../domain/kernel/json.ts';
import { bytesOf, millisOf, type RouteDeclaration } from './context.ts';
import type { SchemaCollector } from './json-schema.ts';
import { headerRef, parameterRef } from './openapi-components.ts';
import type { Operation } from './operations.ts';
import { titleOf } from './problem.ts';
import { InferenceError, Problem } from './schemas.ts';

/** One operation of an OpenAPI document; `all` are its neighbours, which tell what headers it answers with. */
export const describeOperation = (operation: Operation, all: readonly Operation[], schemas: SchemaCollector): JsonObject => {
  const { id, context, route } = operation;
  const { permission, limit } = route;
  return {
    operationId: id,
    tags: [context.name],
    summary: route.summary,
    description: `${grantText(route)} Limits: ${limit.body} of body, ${limit.time}.`,
    parameters: parametersOf(operation, schemas),
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body, schemas) }),
    responses: responses(operation, all, schemas),
    security: permission === 'public' ? [] : [{ [permission === 'signed' ? 'signed' : 'bearer']: [] }],
    'x-permission': permission,
    ...(scopeOf(route) === undefined ? {} : { 'x-scope': scopeOf(route) }),
    'x-limits': { bodyBytes: bytesOf(limit.body), seconds: millisOf(limit.time) / 1000 },
  };
};

/** Whose principals may ask; nobody's where no principal is asked for. */
export const scopeOf = ({ permission, scope }: Pick<RouteDeclaration, 'permission' | 'scope'>): string | undefined => {
  if (permission === 'public' || permission === 'signed') return undefined;
  return permission === 'authenticated' ? 'either' : (scope ?? 'tenant');
};

const whose = { tenant: "a tenant's keys", platform: "the platform's keys", either: "a tenant's keys and the platform's" } as const;

/** Who may ask, in words. */
export const grantText = (route: Pick<RouteDeclaration, 'permission' | 'scope'>): string => {
  if (route.permission === 'public') return 'Public.';
  if (route.permission === 'signed') return 'For whoever holds the signed URL.';
  if (route.permission === 'authenticated') return 'For every valid key.';
  return `Permission \`${route.permission}\`, for ${whose[route.scope ?? 'tenant']}.`;
};

const parametersOf = ({ route, pathParameters, method, path }: Operation, schemas: SchemaCollector): JsonObject[] => {
  const declared = route.params === undefined ? {} : propertiesOf(schemas.of(route.params, 'input'));
  const inPath = pathParameters.map((name) => ({ name, in: 'path', required: true, ...described(declared[name] ?? { type: 'string' }) }));
  const query = route.query === undefined ? {} : schemas.of(route.query, 'input');
  const required = (query.required ?? []) as readonly string[];
  const inQuery = Object.entries(propertiesOf(query)).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...described(schema),
  }));
  return [...inPath, ...inQuery, ...requestHeaders({ route, method, path }).map(parameterRef)];
};

const propertiesOf = (schema: JsonObject) => (schema.properties ?? {}) as { readonly [name: string]: JsonObject };

const described = ({ description, ...schema }: JsonObject): JsonObject =>
  description === undefined ? { schema } : { description, schema };

const requestHeaders = ({ route, method, path }: Pick<Operation, 'route' | 'method' | 'path'>): readonly string[] => [
  ...(method === 'POST' && path.startsWith('/v1/') ? ['IdempotencyKey'] : []),
  ...(path.startsWith('/v1/') && isStreamed(route) ? ['ContentDigest'] : []),
  ...(412 in route.answers && path.startsWith('/v1/') ? ['IfMatch'] : []),
  ...(412 in route.answers && method === 'PUT' ? ['IfNoneMatch'] : []),
  ...(206 in route.answers ? ['Range'] : []),
  'traceparent',
];

const isStreamed = ({ body }: RouteDeclaration): boolean => body !== undefined && 'stream' in body;

const requestBody = (body: NonNullable<RouteDeclaration['body']>, schemas: SchemaCollector): JsonObject => {
  // OpenAPI 3.1 leaves the schema of a binary body out (section 4.8.14.4, "Considerations for File Uploads").
  if ('stream' in body) return { required: true, content: { [body.stream]: {} } };
  const schema = 'bytes' in body ? body.bytes : body;
  // An empty body is read as {}, so it is required only where {} is not enough.
  return { required: !schema.safeParse({}).success, content: { 'application/json': { schema: schemas.of(schema, 'input') } } };
};

const responses = (operation: Operation, all: readonly Operation[], schemas: SchemaCollector): JsonObject => {
  const { route } = operation;
  const error = route.errors === 'open-inference' ? InferenceError : Problem;
  const errorMedia = route.errors === 'open-inference' ? 'application/json' : 'application/problem+json';
  const declared = Object.entries(route.answers).map(([status, answer]) => {
    const failing = Number(status) >= 400;
    const content = contentOf(answer, failing ? errorMedia : 'application/json', schemas);
    const headers = Object.fromEntries(
      (failing ? ['traceparent'] : answerHeaders(operation, Number(status), all)).map((name) => [
        headerNames[name] ?? name,
        headerRef(name),
      ]),
    );
    return [
      status,
      { description: describes(answer) ?? titleOf(Number(status)) ?? STATUS_CODES[status] ?? status, headers, ...(content && { content }) },
    ];
  });
  const otherwise = { description: 'Any other failure', content: { [errorMedia]: { schema: schemas.of(error, 'output') } } };
  return { ...Object.fromEntries(declared), default: otherwise };
};

const describes = (answer: RouteDeclaration['answers'][number]): string | undefined => ('media' in answer ? answer.describes : undefined);

const contentOf = (answer: RouteDeclaration['answers'][number], media: string, schemas: SchemaCollector): JsonObject | undefined => {
  if ('media' in answer) return { [answer.media]: {} };
  return answer instanceof z.ZodNull ? undefined : { [media]: { schema: schemas.of(answer, 'output') } };
};

const headerNames: { readonly [component: string]: string } = { IdempotencyReplayed: 'Idempotency-Replayed' };

const answerHeaders = ({ method, path, route }: Operation, status: number, all: readonly Operation[]): readonly string[] => {
  const conditional = all.some((other) => other.path === path && (412 in other.route.answers || 206 in other.route.answers));
  const found = all.some(
    (other) => other.method === 'GET' && other.path.startsWith(`${path}/{`) && !other.path.slice(path.length + 1).includes('/'),
  );
  return [
    ...(conditional && status !== 204 ? ['ETag'] : []),
    ...(status === 201 && method === 'POST' && found ? ['Location'] : []),
    ...(method === 'POST' && path.startsWith('/v1/') && !('media' in (route.answers[status] ?? {})) ? ['IdempotencyReplayed'] : []),
    'traceparent',
  ];
};
