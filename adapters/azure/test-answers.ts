import { usualBackoff } from '../cloud/retry.ts';
import { type SettableClock, settableClock } from '../conformance/harness.ts';
import { type AzureClient, azureClient } from './client.ts';

/** What a service is made to answer to one request: a response, an error in its place, or nothing until the request is given up. */
export type Answer =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | Error
  | 'silence';

export type SentRequest = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export const ok = (body: object | string = '', headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers,
});

/** An error as Azure Storage writes it (Status and error codes). */
export const storageFault = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>It said ${code}.\nRequestId:1</Message></Error>`,
  headers: { 'x-ms-error-code': code, 'x-ms-request-id': 'r-1', ...headers },
});

/** `fetch failed` with its cause, as undici throws it where a connection breaks. */
export const connectionReset = (): Error =>
  Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });

const givenUp = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

const identityEndpoint = 'http://identity.test/msi/token';
export const testIdentity = { IDENTITY_ENDPOINT: identityEndpoint, IDENTITY_HEADER: 'secret-header', AZURE_CLIENT_ID: 'client-1' };

export type AnsweringClient = {
  readonly client: AzureClient;
  readonly clock: SettableClock;
  /** Requests to services. */
  readonly sent: SentRequest[];
  /** Requests for tokens. */
  readonly asked: SentRequest[];
  readonly waits: number[];
};

/**
 * A client to which services answer as told, one answer after the other, and the identity with a token of an hour's life unless told. It waits for
 * nothing and remembers how long it would have.
 */
export const answeringClient = (
  answers: readonly Answer[],
  { environment = testIdentity, identity }: { environment?: Readonly<Record<string, string>>; identity?: readonly Answer[] } = {},
): AnsweringClient => {
  const [left, tokens] = [[...answers], identity === undefined ? undefined : [...identity]];
  const clock = settableClock();
  const [sent, asked, waits]: [SentRequest[], SentRequest[], number[]] = [[], [], []];
  const token = (): Answer => ok({ access_token: `token-${asked.length}`, expires_on: String(clock.now().getTime() / 1000 + 3600) });
  const send = (async (input: URL | string, init: RequestInit & { headers: Record<string, string>; signal: AbortSignal }) => {
    const url = String(input);
    const isIdentity = url.startsWith(identityEndpoint);
    const body = init.body instanceof Uint8Array ? Buffer.from(init.body).toString() : String(init.body ?? '');
    (isIdentity ? asked : sent).push({ url, method: init.method ?? 'GET', headers: init.headers, body });
    const given = isIdentity ? (tokens === undefined ? token() : tokens.shift()) : left.shift();
    const answer = given ?? new Error('no answer is left for this request');
    if (answer === 'silence') return givenUp(init.signal);
    if (answer instanceof Error) throw answer;
    const empty = [204, 304].includes(answer.status);
    return new Response(empty ? null : (answer.body ?? ''), { status: answer.status, headers: { ...answer.headers } });
  }) as unknown as typeof fetch;
  const wait = async (millis: number) => void waits.push(millis);
  const backoff = { ...usualBackoff, random: () => 1, wait };
  return { client: azureClient({ environment, fetch: send, clock, backoff }), clock, sent, asked, waits };
};
