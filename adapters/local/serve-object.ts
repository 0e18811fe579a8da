import { type Failure, failed, isFailure, Rejected } from '../../domain/kernel/failure.ts';
import type { ByteRange, ObjectInfo, ObjectStore } from '../../domain/kernel/object-store.ts';
import { namesTag, rangeOf } from './http-range.ts';
import { verifyPresigned } from './presign.ts';

const titles: { readonly [status: number]: string } = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  416: 'Range Not Satisfiable',
  422: 'Unprocessable Content',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

const statuses: { readonly [kind in Failure['failure']]?: number } = {
  malformed: 400,
  forbidden: 403,
  'not-found': 404,
  'precondition-failed': 412,
  'too-large': 413,
  invalid: 422,
  'storage-full': 507,
};

const problem = (failure: Failure, status = statuses[failure.failure] ?? 503, headers: HeadersInit = {}): Response => {
  const body = { type: 'about:blank', title: titles[status], status, detail: failure.detail, code: failure.code };
  return new Response(JSON.stringify(body), { status, headers: { ...headers, 'content-type': 'application/problem+json' } });
};

export type ServeObjectOptions = {
  readonly signingKey: Buffer;
  readonly now: Date;
  /** The largest body that a PUT may have. */
  readonly maxBytes: number;
};

/**
 * Answers a request to a presigned URL of `/objects/<store>/<key>`: GET and HEAD with `Range`, `If-Range` and `If-None-Match`, PUT with
 * `If-None-Match: *`, streamed both ways. Refusals are problem details (RFC 9457): 403 `signature-invalid` or `signature-expired`,
 * 404, 405, 412 `object-exists`, 413 `object-too-large`, 416 `range-not-satisfiable`, 507 `storage-full`. A 413 may come before the body was
 * read; the connection is the caller's to close.
 */
export const serveObject = async (
  storeOf: (name: string) => ObjectStore | undefined,
  request: Request,
  options: ServeObjectOptions,
): Promise<Response> => {
  const { method } = request;
  if (!['GET', 'HEAD', 'PUT'].includes(method))
    return problem(failed('malformed', 'method-not-allowed', 'A presigned URL takes GET, HEAD or PUT.'), 405, { allow: 'GET, HEAD, PUT' });
  const grant = verifyPresigned({ method, url: request.url, now: options.now, signingKey: options.signingKey });
  if (isFailure(grant)) return problem(grant);
  const store = storeOf(grant.store);
  if (store === undefined) return notFound();
  try {
    return await (method === 'PUT' ? write(store, grant.key, request, options.maxBytes) : read(store, grant.key, request));
  } catch (error) {
    if (error instanceof Rejected) return problem(error.failure);
    throw error;
  }
};

const notFound = (): Response => problem(failed('not-found', 'object-not-found', 'There is no object here.'));

const headersOf = (info: ObjectInfo, sizeBytes: number): Record<string, string> => ({
  'accept-ranges': 'bytes',
  'cache-control': 'private',
  'content-length': String(sizeBytes),
  // Whoever put the object chose its type: a browser must neither guess another nor run it in this origin.
  'content-security-policy': 'sandbox',
  'content-type': info.contentType,
  etag: `"${info.etag}"`,
  'last-modified': new Date(info.modifiedAt).toUTCString(),
  'x-content-type-options': 'nosniff',
});

const read = async (store: ObjectStore, key: string, request: Request): Promise<Response> => {
  const info = await store.head(key);
  if (info === undefined) return notFound();
  if (namesTag(request.headers.get('if-none-match'), info.etag))
    return new Response(null, { status: 304, headers: { etag: `"${info.etag}"` } });
  if (request.method === 'HEAD') return new Response(null, { headers: headersOf(info, info.sizeBytes) });
  const ifRange = request.headers.get('if-range');
  const current = ifRange === null || ifRange === `"${info.etag}"`;
  return stream(store, request, info, current ? rangeOf(request.headers.get('range'), info.sizeBytes) : undefined);
};

const stream = async (store: ObjectStore, request: Request, expected: ObjectInfo, range: ByteRange | undefined): Promise<Response> => {
  const got = await store.get(expected.key, range);
  if (got === undefined) return notFound();
  if (isFailure(got)) return problem(got, 416, { 'content-range': `bytes */${expected.sizeBytes}` });
  const { info, body } = got;
  if (info.etag !== expected.etag && range !== undefined) {
    // Replaced since its size was read, on which a suffix range depends.
    await body.cancel();
    return read(store, expected.key, request);
  }
  if (range === undefined) return new Response(body, { headers: headersOf(info, info.sizeBytes) });
  const end = Math.min(range.end ?? info.sizeBytes - 1, info.sizeBytes - 1);
  const contentRange = `bytes ${range.start}-${end}/${info.sizeBytes}`;
  return new Response(body, { status: 206, headers: { ...headersOf(info, end - range.start + 1), 'content-range': contentRange } });
};

const write = async (store: ObjectStore, key: string, request: Request, maxBytes: number): Promise<Response> => {
  // RFC 9110, section 14.5: a partial PUT must not replace the whole.
  if (request.headers.has('content-range'))
    return problem(failed('malformed', 'partial-put', 'An object is put whole, without Content-Range.'));
  if (Number(request.headers.get('content-length')) > maxBytes)
    return problem(failed('too-large', 'object-too-large', `At most ${maxBytes} bytes are taken here.`));
  const contentType = request.headers.get('content-type');
  const put = await store.put(key, received(request), {
    ...(contentType === null ? {} : { contentType }),
    ...(request.headers.get('if-none-match')?.trim() === '*' ? { ifNoneMatch: '*' as const } : {}),
    maxBytes,
  });
  return isFailure(put) ? problem(put) : new Response(null, { status: 201, headers: { etag: `"${put.etag}"` } });
};

/** The request's body, left uncancelled so that a refusal can still be sent; one that breaks off is the client's failure and not the store's. */
async function* received({ body }: Request): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  try {
    for await (const chunk of body.values({ preventCancel: true })) yield chunk;
  } catch {
    throw new Rejected(failed('malformed', 'upload-interrupted', 'The body ended before all of it had come; nothing was stored.'));
  }
}
