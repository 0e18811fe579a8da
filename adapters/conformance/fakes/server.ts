import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../../../domain/kernel/json.ts';

export type FakeRequest = {
  readonly method: string;
  /** As it came: percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Where the caller believes the fake to be, such as `http://127.0.0.1:4711`. */
  readonly origin: string;
  header(name: string): string | undefined;
  readonly body: Buffer;
};

export type FakeAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** What a test may make of a request: another answer, a connection that breaks before anything happened, or after it was done. */
export type Fault = FakeAnswer | 'broken-before' | 'broken-after';

/** Sees every request first; also the place to record them. */
export type Interceptor = (request: FakeRequest) => Fault | undefined;

export type RunningFake = {
  readonly url: string;
  /** Asks `interceptor` about every request from now on; without one, nobody. */
  intercept(interceptor?: Interceptor): void;
  close(): Promise<void>;
};

/** Ends the handling of a request with an answer that says no. */
export class Refusal extends Error {
  readonly answer: FakeAnswer;
  constructor(answer: FakeAnswer) {
    super(`${answer.status} ${answer.body ?? ''}`);
    this.answer = answer;
  }
}

export const json = (status: number, value: Json, headers: Readonly<Record<string, string>> = {}): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** A server on a free port of the loopback interface that a test starts and closes. */
export const startFake = async (handle: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>): Promise<RunningFake> => {
  let interceptor: Interceptor | undefined;
  const server = createServer((message, response) => void respond(message, response));

  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await requestOf(message);
    const fault = interceptor?.(request);
    if (fault === 'broken-before') return void message.socket.destroy();
    const answer = typeof fault === 'object' ? fault : await answerOf(request, handle);
    if (fault === 'broken-after') return void message.socket.destroy();
    response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    intercept: (next) => {
      interceptor = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const requestOf = async (message: IncomingMessage): Promise<FakeRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const [path = '/', query = ''] = (message.url ?? '/').split(/\?(.*)/s);
  return {
    method: message.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    origin: `http://${message.headers.host ?? ''}`,
    header: (name) => {
      const value = message.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: Buffer.concat(chunks),
  };
};

/** A bug of a fake shows as an answer 500 with its reason. */
const answerOf = async (request: FakeRequest, handle: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>): Promise<FakeAnswer> => {
  try {
    return await handle(request);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    return { status: 500, body: `The fake failed: ${error instanceof Error ? error.stack : String(error)}` };
  }
};
