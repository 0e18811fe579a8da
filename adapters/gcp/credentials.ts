import { type Backoff, retrying } from '../cloud/retry.ts';
import { GcpError, isTransient } from './errors.ts';

/** Environment variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Who a function is: tokens of its own service account, as the metadata server gives them. Each call throws `GcpError` (`cloud-credentials`) where there is none. */
export type Identity = {
  /** For Google's own APIs. */
  accessToken(): Promise<string>;
  /** For another function of the platform: its address is the audience. Signed by Google (OpenID Connect). */
  identityToken(audience: string): Promise<string>;
  /** Of the service account. */
  email(): Promise<string>;
  /** Asks for a new access token: the one at hand was not accepted. */
  forget(token: string): void;
};

export type IdentityOptions = {
  /** `GCE_METADATA_HOST` names another metadata server. */
  readonly environment: Environment;
  readonly fetch: typeof fetch;
  readonly backoff: Backoff;
  readonly now?: () => number;
};

type Token = { readonly token: string; readonly expiresAt: number };
type Held = { token?: Token; coming?: Promise<Token> };

/** A token is renewed this long before it ends, and the old one serves until then: the metadata server itself has a new one from five minutes before. */
const renewalMillis = 4 * 60_000;
const timeoutMillis = 5_000;

/** As undici says that a connection which was there has ended. */
const isBrokenOff = (error: unknown): boolean => {
  const { cause, message } = error as { readonly cause?: { readonly code?: unknown }; readonly message?: unknown };
  return cause?.code === 'ECONNRESET' || cause?.code === 'UND_ERR_SOCKET' || message === 'terminated';
};

const isTimeOut = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

/** https://cloud.google.com/compute/docs/access/authenticate-workloads; Cloud Run serves the same paths. */
export const metadataIdentity = ({ environment, fetch: send, backoff, now = Date.now }: IdentityOptions): Identity => {
  const base = `http://${environment.GCE_METADATA_HOST ?? 'metadata.google.internal'}/computeMetadata/v1/instance/service-accounts/default`;
  const known = new Map<string, Held>();

  const ask = async (path: string): Promise<string> => {
    const names = { service: 'Metadata', operation: path.replace(/\?.*/, '') };
    try {
      const headers = { 'metadata-flavor': 'Google' };
      const response = await send(`${base}/${path}`, { headers, signal: AbortSignal.timeout(timeoutMillis) });
      const text = await response.text();
      if (response.ok) return text;
      const code = response.status === 429 || response.status >= 500 ? 'UNAVAILABLE' : 'MissingIdentity';
      throw new GcpError({ ...names, code, status: response.status, message: `the metadata server answered ${response.status}` });
    } catch (error) {
      if (error instanceof GcpError) throw error;
      // Who broke off is there, and may answer the next time.
      if (isBrokenOff(error))
        throw new GcpError({ ...names, code: 'NetworkError', status: 0, message: 'the metadata server broke off' }, error);
      if (isTimeOut(error))
        throw new GcpError({ ...names, code: 'AttemptTimedOut', status: 0, message: 'the metadata server did not answer in time' }, error);
      // Where there is no metadata server there is no identity: asking again finds none either.
      const message = 'there is no metadata server to ask who this function is';
      throw new GcpError({ ...names, code: 'MissingIdentity', status: 0, message }, error);
    }
  };

  const renewed = (of: Held, get: () => Promise<Token>): Promise<Token> => {
    of.coming ??= retrying(get, isTransient, backoff)
      .then((token) => {
        of.token = token;
        return token;
      })
      .finally(() => delete of.coming);
    return of.coming;
  };

  /** What is remembered, as long as it holds; many who ask at once ask once. */
  const remembered = async (name: string, get: () => Promise<Token>): Promise<string> => {
    const of = known.get(name) ?? {};
    known.set(name, of);
    if (of.token === undefined || of.token.expiresAt <= now()) return (await renewed(of, get)).token;
    // Nobody waits for what is not needed yet.
    if (of.token.expiresAt - renewalMillis <= now()) renewed(of, get).catch(() => undefined);
    return of.token.token;
  };

  const accessToken = async (): Promise<Token> => {
    const { access_token: token, expires_in: seconds } = JSON.parse(await ask('token')) as { access_token: string; expires_in: number };
    return { token, expiresAt: now() + seconds * 1000 };
  };
  const identityToken = async (audience: string): Promise<Token> => {
    const token = await ask(`identity?audience=${encodeURIComponent(audience)}&format=full`);
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
    return { token, expiresAt: exp * 1000 };
  };

  return {
    accessToken: () => remembered('access', accessToken),
    identityToken: (audience) => remembered(`for ${audience}`, () => identityToken(audience)),
    email: () => remembered('email', async () => ({ token: (await ask('email')).trim(), expiresAt: Number.POSITIVE_INFINITY })),
    forget(token) {
      if (known.get('access')?.token?.token === token) known.delete('access');
    },
  };
};
