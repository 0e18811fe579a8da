import type { Answer } from './handler.ts';
import type { Trace } from './trace.ts';

/** An answer as a response. One to HEAD has no body, and what was opened for it is let go. */
export const respond = (answer: Answer, { traceparent }: Trace, method = 'GET'): Response => {
  const headers = new Headers({
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...answer.headers,
    traceparent,
  });
  if (method === 'HEAD' && answer.stream instanceof ReadableStream) void answer.stream.cancel().catch(() => undefined);
  if (method === 'HEAD' && answer.stream !== undefined) return new Response(null, { status: answer.status, headers });
  if (answer.stream !== undefined) return new Response(answer.stream as BodyInit, { status: answer.status, headers });
  if (answer.body === undefined) return new Response(null, { status: answer.status, headers });
  if (!headers.has('content-type')) headers.set('content-type', 'application/json');
  const body = answer.onlyOnce === undefined ? answer.body : { ...(answer.body as object), ...answer.onlyOnce };
  return new Response(JSON.stringify(body), { status: answer.status, headers });
};
