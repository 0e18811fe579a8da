import { usualBackoff } from '../cloud/retry.ts';
import { type GcpClient, gcpClient } from './client.ts';
import type { Environment, Identity } from './credentials.ts';

/** What a service is made to answer to one request: a response, an error in its place, or nothing until the request is given up. */
export type Answer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | Error
  | 'silence';

/** One that is made of what was sent so far. */
export type MadeAnswer = (sent: readonly SentRequest[]) => Answer;

export type SentRequest = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

export const ok = (body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Answer => ({ status: 200, body, headers });

/** An error as Google's APIs write it (https://cloud.google.com/apis/design/errors). */
export const fault = (status: number, code: string, message = 'as documented', details: readonly object[] = []): Answer => ({
  status,
  body: { error: { code: status, message, status: code, details } },
});

/** `fetch failed` with its cause, as undici throws it where a connection breaks. */
export const connectionReset = (): Error =>
  Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });

const givenUp = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

const bodyOf = (body: unknown): unknown => {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};

/** A `fetch` that answers as told, one answer after the other, and what it was sent. */
export const answeringFetch = (answers: readonly (Answer | MadeAnswer)[]) => {
  const left = [...answers];
  const sent: SentRequest[] = [];
  const send = (async (url: string, init: RequestInit & { headers: Record<string, string>; signal: AbortSignal }) => {
    sent.push({ url: String(url), method: init.method ?? 'GET', headers: init.headers, body: bodyOf(init.body) });
    const next = left.shift() ?? new Error('no answer is left for this request');
    const answer = typeof next === 'function' ? next(sent) : next;
    if (answer === 'silence') return givenUp(init.signal);
    if (answer instanceof Error) throw answer;
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
    return new Response(answer.status === 204 ? null : text, { status: answer.status, headers: answer.headers ?? {} });
  }) as unknown as typeof fetch;
  return { send, sent };
};

export const someone: Identity = {
  accessToken: async () => 'token',
  identityToken: async (audience) => `token for ${audience}`,
  email: async () => 'functions@project.iam.gserviceaccount.com',
  forget: () => undefined,
};

/** A client to which services answer as told; it waits for nothing and remembers how long it would have. */
export const answeringClient = (
  answers: readonly (Answer | MadeAnswer)[],
  { environment = {}, identity = someone }: { readonly environment?: Environment; readonly identity?: Identity } = {},
): { client: GcpClient; sent: SentRequest[]; waits: number[] } => {
  const { send, sent } = answeringFetch(answers);
  const waits: number[] = [];
  const wait = async (millis: number) => void waits.push(millis);
  return { client: gcpClient({ environment, identity, fetch: send, backoff: { ...usualBackoff, random: () => 1, wait } }), sent, waits };
};
