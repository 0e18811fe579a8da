import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HttpClient, Reply } from './http-client.ts';

export type RawRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Keeps the connection for later, where it is one that does; a connection of its own unless told. */
  readonly agent?: Agent | false;
};

/** A request whose body the caller sends piece by piece, or breaks off. `answer` is `undefined` where the connection ended without one. */
export const openRequest = (
  { url, key }: HttpClient,
  { method, path, headers, agent = false }: RawRequest,
): { readonly request: ClientRequest; readonly answer: Promise<Reply | undefined> } => {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const begin = url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = begin(`${url}${path}`, { method, headers: { ...authorization, ...headers }, agent });
  const answer = new Promise<Reply | undefined>((resolve) => {
    request.once('response', (response) => replyOf(response).then(resolve, () => resolve(undefined)));
    request.once('error', () => resolve(undefined));
  });
  return { request, answer };
};

/** Resolves when the server has the request's head and asks for its body: the request needs `expect: 100-continue`. */
export const headArrived = (request: ClientRequest): Promise<void> =>
  new Promise((resolve, reject) => {
    request.once('continue', resolve).once('error', reject);
    request.flushHeaders();
  });

const replyOf = async (response: IncomingMessage): Promise<Reply> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const headers = new Headers(Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]));
  const isJson = /json/.test(headers.get('content-type') ?? '') && text !== '';
  return { status: response.statusCode ?? 0, headers, body: isJson ? JSON.parse(text) : text };
};
