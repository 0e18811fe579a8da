import type * as z from 'zod';
import { type Failure, failed, isFailure } from '../../domain/kernel/failure.ts';
import { limitedBody, parseJson, readBody, saysMoreThan, tooLarge } from './body.ts';
import { bytesOf, type RouteDeclaration, type StreamBody } from './context.ts';
import type { HttpRequest } from './handler.ts';

export type Parsed = Pick<HttpRequest, 'params' | 'query' | 'body'>;
const isStream = (body: RouteDeclaration['body']): body is StreamBody => body !== undefined && 'stream' in body;

type Received = { readonly route: RouteDeclaration; readonly request: Request; readonly params: Record<string, string> };

/** Query, path and body as the route's schemas make them: 400 where the JSON is none, 413, 415, or 422 with a list of what is wrong. */
export const parseRequest = async ({ route, request, params }: Received): Promise<Parsed | Failure> => {
  const query = parseQuery(route, request);
  if (isFailure(query)) return query;
  const parameters = route.params ? validated(route.params, params, 'path') : { value: params };
  if (isFailure(parameters)) return parameters;
  const body = await parseBody(route, request);
  if (isFailure(body)) return body;
  return { params: parameters.value as Record<string, string>, query: query.value, body: body.value };
};

/** A name that the route does not know is as wrong as one in a body, or a mistyped filter would filter nothing; foreign protocols and signed URLs have theirs. */
const parseQuery = ({ query, permission, errors }: RouteDeclaration, request: Request): { readonly value: unknown } | Failure => {
  const given = Object.fromEntries(new URL(request.url).searchParams);
  const known = Object.keys(query?.shape ?? {});
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length > 0 && errors === undefined && permission !== 'public' && permission !== 'signed')
    return invalid(unknown.map((name) => ({ path: `query.${name}`, message: `not known here; there is ${known.join(', ') || 'none'}` })));
  return query ? validated(query, given, 'query') : { value: {} };
};

const parseBody = async (route: RouteDeclaration, request: Request): Promise<{ readonly value: unknown } | Failure> => {
  const limit = bytesOf(route.limit.body);
  if (saysMoreThan(request, limit)) return tooLarge(limit);
  if (route.body === undefined) return { value: undefined };
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') return encoded(encoding);
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() || undefined;
  if (isStream(route.body)) {
    if (route.body.stream !== '*/*' && type !== route.body.stream) return unsupported(route.body.stream, type);
    const stream = limitedBody(request, limit);
    return isFailure(stream) ? stream : { value: stream };
  }
  if (type !== undefined && type !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(type))
    return unsupported('application/json', type);
  const bytes = await readBody(request, limit);
  if (isFailure(bytes)) return bytes;
  if ('bytes' in route.body) return { value: bytes };
  const json = parseJson(bytes);
  return isFailure(json) ? json : validated(route.body, json.value, 'body');
};

const encoded = (encoding: string) =>
  failed('unsupported-media-type', 'unsupported-content-encoding', `The body has to come as it is, not ${encoding}.`);

const unsupported = (right: string, wrong: string | undefined) =>
  failed(
    'unsupported-media-type',
    'unsupported-media-type',
    `The body has to be ${right}${wrong ? `, not ${wrong}` : '; say so in Content-Type'}.`,
  );

const validated = (schema: z.ZodType, value: unknown, where: string): { readonly value: unknown } | Failure => {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return invalid(
    result.error.issues.map((issue) => ({ path: [where, ...issue.path.map(String)].join('.'), message: inWords(issue, value) })),
  );
};

/** What zod says, without the words of JavaScript; what is not there is missing, whatever it would have to be. */
const inWords = (issue: z.core.$ZodIssue, value: unknown): string => {
  if (!issue.message.startsWith('Invalid')) return issue.message;
  const found = issue.path.reduce<unknown>((parent, key) => (parent as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
  return found === undefined ? 'it is missing' : issue.message.replace('NaN', 'text');
};

type Wrong = { readonly path: string; readonly message: string };

const invalid = (all: readonly Wrong[]): Failure => {
  const errors = all.slice(0, 20);
  return failed('invalid', 'invalid-request', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
};
