import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { failed } from '../../../domain/kernel/failure.ts';
import type { FetchApp } from '../fetch-app.ts';
import { refusal } from '../refusal.ts';

/** A request whose body has been read already, by the functions framework. */
type Read = IncomingMessage & { readonly rawBody?: Buffer };

/** Serves an app by Node's own server: bodies are streamed in and out, and what the client breaks off is broken off behind it. */
export const listenerOf =
  (app: FetchApp): RequestListener =>
  (incoming, outgoing) =>
    void answer(app, incoming, outgoing).catch(() => outgoing.destroy());

const answer = async (app: FetchApp, incoming: Read, outgoing: ServerResponse): Promise<void> => {
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  const request = requestOf(incoming, gone.signal);
  await send(request === undefined ? malformed(incoming) : await app(request), outgoing);
};

const requestOf = (incoming: Read, signal: AbortSignal): Request | undefined => {
  const { method = 'GET', url = '/', rawBody } = incoming;
  try {
    const headers = headersOf(incoming);
    const isBodiless = method === 'GET' || method === 'HEAD' || !hasBody(headers);
    const body = isBodiless ? undefined : (rawBody ?? (Readable.toWeb(incoming) as ReadableStream));
    const init = { method, headers, signal, ...(body === undefined ? {} : { body, duplex: 'half' }) };
    const host = headers.get('host') ?? 'localhost';
    return isHost(host) ? new Request(`https://${host}${url.startsWith('/') ? url : '/'}`, init as RequestInit) : undefined;
  } catch {
    return undefined;
  }
};

/** A host and a port, and nothing that would come to be another host, a path or a name before `@`. */
const isHost = (text: string): boolean => /^[\w.:[\]-]+$/.test(text);

/** Whether a request has a body (RFC 9112, section 6): forwarded as a stream of nothing, one that has none would come to have one. */
const hasBody = (headers: Headers): boolean => headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0;

const headersOf = ({ rawHeaders }: IncomingMessage): Headers => {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return headers;
};

/** A method, a host or a header that HTTP has not. */
const malformed = ({ method = 'GET', headers }: IncomingMessage): Response =>
  refusal(
    { path: '/', method, traceparent: headers.traceparent as string | undefined },
    failed('malformed', 'malformed-request', 'This is no request that can be answered.'),
  );

const send = async ({ status, headers, body }: Response, outgoing: ServerResponse): Promise<void> => {
  const pairs = [...headers].filter(([name]) => name !== 'set-cookie');
  outgoing.writeHead(status, {
    ...Object.fromEntries(pairs),
    ...(headers.has('set-cookie') ? { 'set-cookie': headers.getSetCookie() } : {}),
  });
  if (body === null) {
    outgoing.end();
    return;
  }
  // What is sent is not held: the client sees the first of a stream before there is more.
  outgoing.flushHeaders();
  for await (const chunk of body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
    if (outgoing.destroyed) return;
    if (!outgoing.write(chunk)) await drained(outgoing);
  }
  outgoing.end();
};

const drained = (outgoing: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      outgoing.off('drain', done).off('close', done);
      resolve();
    };
    outgoing.on('drain', done).on('close', done);
  });
