import { usualBackoff } from '../cloud/retry.ts';
import { type AwsClient, awsClient } from './client.ts';

/** What a service is made to answer to one request: a response, an error in its place, or nothing until the request is given up. */
export type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> } | Error | 'silence';

export type SentRequest = { readonly url: string; readonly method: string; readonly headers: Headers; readonly body: unknown };

export const ok = (body: unknown = {}): Answer => ({ status: 200, body });
/** An error as a JSON service writes it. */
export const fault = (status: number, type: string, message: string, more: object = {}, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message, ...more },
  headers,
});

/** `fetch failed` with its cause, as undici throws it where a connection breaks. */
export const connectionReset = (): Error =>
  Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });

const givenUp = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

export const testEnvironment = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

/** A client to which a service answers as told, one answer after the other; it waits for nothing and remembers how long it would have. */
export const answeringClient = (
  answers: readonly Answer[],
  environment: Readonly<Record<string, string | undefined>> = testEnvironment,
): { client: AwsClient; sent: SentRequest[]; waits: number[] } => {
  const left = [...answers];
  const sent: SentRequest[] = [];
  const waits: number[] = [];
  const send = (async (url: URL, init: RequestInit & { headers: Headers; signal: AbortSignal }) => {
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : init.body;
    sent.push({ url: url.toString(), method: init.method ?? '', headers: init.headers, body });
    const answer = left.shift() ?? new Error('no answer is left for this request');
    if (answer === 'silence') return givenUp(init.signal);
    if (answer instanceof Error) throw answer;
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    return new Response(text, { status: answer.status, headers: answer.headers ?? {} });
  }) as unknown as typeof fetch;
  const wait = async (millis: number) => void waits.push(millis);
  return { client: awsClient({ environment, fetch: send, backoff: { ...usualBackoff, random: () => 1, wait } }), sent, waits };
};
