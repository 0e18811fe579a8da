import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type Failure, failed } from '../../domain/kernel/failure.ts';
import { type HotAnswer, type HotRequest, hotTarget } from '../inference/hot-path.ts';
import { tooLarge } from '../kernel/body.ts';
import { bodyOf, hotConnections } from './hot-connection.ts';

export type Listening = { readonly port: number; readonly close: () => Promise<void> };

type Serve = {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly infer: (request: HotRequest) => Promise<HotAnswer>;
  readonly inferBodyBytes: number;
};

/** Serves HTTP: inference on a short way of its own, everything else through `fetch`. Rejects with the system's error where the port cannot be had. */
export const listen = (host: string, port: number, serve: Serve): Promise<Listening> => {
  const viaFetch = getRequestListener(serve.fetch, { overrideGlobalObjects: false, autoCleanupIncoming: false, hostname: host });
  const server = createServer(
    { requestTimeout: longestRequestMillis, headersTimeout: 30_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      const target = hotTarget(request.method, request.url);
      if (target === undefined) {
        response.once('finish', () => readToEnd(request));
        void viaFetch(request, response);
        return;
      }
      const { authorization, traceparent, 'content-type': contentType, 'content-encoding': contentEncoding } = request.headers;
      const body = readAll(request, serve.inferBodyBytes);
      const asked = { target, authorization, traceparent: traceparent as string | undefined, contentType, contentEncoding, body };
      serve
        .infer(asked)
        .then((answer) => send(request, response, answer))
        .catch(() => response.destroy());
    },
  );
  // An upload may take its time, but a connection on which nothing moves is let go.
  server.setTimeout(120_000);
  const [acceptByNode] = server.listeners('connection') as ((socket: Socket) => void)[];
  const hot = hotConnections({
    infer: serve.infer,
    handOver: (socket) => acceptByNode?.call(server, socket),
    idleMillis: server.keepAliveTimeout,
    closeMillis: longestCloseMillis,
  });
  server.removeAllListeners('connection').on('connection', hot.accept);
  const close = () => {
    hot.close();
    return closeGently(server);
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve({ port: (server.address() as { port: number }).port, close }));
  });
};

/** As long as the longest declared route, an upload, may take. */
const longestRequestMillis = 15 * 60_000;
/** Longer than any answer takes; who is still sending then is cut off. */
const longestCloseMillis = 30_000;
const longestRestMillis = 10_000;

/**
 * Throws away what is left of a body that was refused, for a while. Most clients read the answer only when they have sent all of it, and one whose
 * connection ends before hears of a broken pipe and not of what was wrong.
 */
const readToEnd = (request: IncomingMessage): void => {
  if (request.complete) return;
  const timer = setTimeout(() => request.socket.destroy(), longestRestMillis).unref();
  request.once('close', () => clearTimeout(timer)).resume();
};

const idleSweepMillis = 50;

/** Answers what has been asked, and lets go of connections as they fall idle: clients would keep them for their next request. */
const closeGently = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.prependListener('request', (_request, response: ServerResponse) => response.setHeader('connection', 'close'));
    const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMillis);
    const enough = setTimeout(() => server.closeAllConnections(), longestCloseMillis);
    server.close(() => {
      clearTimeout(enough);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });

const readAll = (request: IncomingMessage, limit: number): Promise<Uint8Array | Failure> => {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve(tooLarge(limit));
  return new Promise((resolve) => {
    let first: Buffer | undefined;
    let rest: Buffer[] | undefined;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) return resolve(tooLarge(limit));
      if (first === undefined) first = chunk;
      else if (rest === undefined) rest = [first, chunk];
      else rest.push(chunk);
    });
    request.on('end', () => resolve(rest === undefined ? (first ?? new Uint8Array()) : Buffer.concat(rest)));
    request.on('error', () => resolve(failed('malformed', 'request-aborted', 'The request broke off before it was complete.')));
  });
};

const send = (request: IncomingMessage, response: ServerResponse, answer: HotAnswer): void => {
  // As Latin-1 text the bytes stay what they are, and node joins them with the head to one write.
  const body = bodyOf(answer);
  const headers = ['traceparent', answer.traceparent, 'content-length', String(body.length)];
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers.push(name, value);
  response.writeHead(answer.status, headers);
  response.end(body, 'latin1', () => readToEnd(request));
};
