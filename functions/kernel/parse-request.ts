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
  const query = route.query ? validated(route.query, Object.fromEntries(new URL(request.url).searchParams), 'query') : { value: {} };
  if (isFailure(query)) return query;
  const parameters = route.params ? validated(route.params, params, 'path') : { value: params };
  if (isFailure(parameters)) return parameters;
  const body = await parseBody(route, request);
  if (isFailure(body)) return body;
  return { params: parameters.value as Record<string, string>, query: query.value, body: body.value };
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
  const errors = result.error.issues
    .slice(0, 20)
    .map((issue) => ({ path: [where, ...issue.path.map(String)].join('.'), message: issue.message }));
  return failed('invalid', 'invalid-request', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
};
