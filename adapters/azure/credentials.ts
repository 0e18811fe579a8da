import type { Clock } from '../../domain/kernel/clock.ts';
import { type Backoff, retrying } from '../cloud/retry.ts';
import { AzureError, isTransient } from './errors.ts';

/** Environment variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Access tokens of the identity that this process runs as, by what they are for (`https://storage.azure.com`). */
export type Tokens = {
  /** Throws `AzureError` (`cloud-credentials`) where there is no identity or it is refused. */
  get(audience: string): Promise<string>;
  /** A service did not accept the token: the next `get` asks for another. */
  forget(audience: string): void;
};

export type ManagedIdentityOptions = {
  /** Holds `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`, as the platform sets them, and `AZURE_CLIENT_ID` where there is more than one identity. */
  readonly environment: Environment;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly backoff: Backoff;
};

type Token = { readonly text: string; readonly renewAt: number; readonly endsAt: number };
type Held = { token?: Token; coming?: Promise<Token> };

/** A token is renewed this long before it ends; while that fails, the old one serves until then. */
const renewalMillis = 5 * 60_000;
const timeoutMillis = 10_000;

const refusal = (code: string, message: string, status = 0): AzureError =>
  new AzureError({ service: 'Managed identity', operation: 'GetToken', code, status, message });

/**
 * The managed identity of a function, by the REST endpoint of App Service and Functions
 * (https://learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference").
 */
export const managedIdentity = ({ environment, clock, fetch: send, backoff }: ManagedIdentityOptions): Tokens => {
  const held = new Map<string, Held>();

  const ask = async (audience: string): Promise<Token> => {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER, AZURE_CLIENT_ID } = environment;
    if (!IDENTITY_ENDPOINT || !IDENTITY_HEADER) throw refusal('MissingIdentity', 'IDENTITY_ENDPOINT and IDENTITY_HEADER are not set');
    const url = new URL(IDENTITY_ENDPOINT);
    url.searchParams.set('resource', audience);
    url.searchParams.set('api-version', '2019-08-01');
    if (AZURE_CLIENT_ID) url.searchParams.set('client_id', AZURE_CLIENT_ID);
    let answer: Response;
    let body: string;
    try {
      const signal = AbortSignal.timeout(timeoutMillis);
      answer = await send(url, { headers: { 'x-identity-header': IDENTITY_HEADER }, signal });
      body = await answer.text();
    } catch (error) {
      throw refusal('NetworkError', error instanceof Error ? error.message : String(error));
    }
    if (!answer.ok)
      throw refusal(answer.status >= 500 || answer.status === 429 ? `Http${answer.status}` : 'IdentityRefused', body, answer.status);
    return tokenIn(body);
  };

  const renew = (of: Held, audience: string): Promise<Token> => {
    of.coming ??= retrying(() => ask(audience), isTransient, backoff)
      .then((token) => {
        of.token = token;
        return token;
      })
      .finally(() => delete of.coming);
    return of.coming;
  };

  return {
    async get(audience) {
      const of = held.get(audience) ?? {};
      held.set(audience, of);
      const now = clock.now().getTime();
      if (of.token === undefined || of.token.endsAt <= now) return (await renew(of, audience)).text;
      // Nobody waits for what is not needed yet.
      if (of.token.renewAt <= now) renew(of, audience).catch(() => undefined);
      return of.token.text;
    },
    forget: (audience) => void held.delete(audience),
  };
};

/** `expires_on` is in seconds since 1970. */
const tokenIn = (body: string): Token => {
  try {
    const { access_token: text, expires_on: end } = JSON.parse(body) as { readonly access_token: unknown; readonly expires_on: unknown };
    const endsAt = Number(end) * 1000;
    if (typeof text === 'string' && text !== '' && Number.isFinite(endsAt)) return { text, endsAt, renewAt: endsAt - renewalMillis };
  } catch {
    // As good as a JSON without the token: said below.
  }
  throw refusal('IdentityRefused', 'the identity endpoint answered with no token');
};
