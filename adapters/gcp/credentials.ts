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

/** A token is renewed this long before it ends: the metadata server itself has a new one from five minutes before. */
const renewalMillis = 4 * 60_000;
const timeoutMillis = 5_000;

/** As undici says that a connection which was there has ended. */
const isBrokenOff = (error: unknown): boolean => {
  const { cause, message } = error as { readonly cause?: { readonly code?: unknown }; readonly message?: unknown };
  return cause?.code === 'ECONNRESET' || cause?.code === 'UND_ERR_SOCKET' || message === 'terminated';
};

/** https://cloud.google.com/compute/docs/access/authenticate-workloads; Cloud Run serves the same paths. */
export const metadataIdentity = ({ environment, fetch: send, backoff, now = Date.now }: IdentityOptions): Identity => {
  const base = `http://${environment.GCE_METADATA_HOST ?? 'metadata.google.internal'}/computeMetadata/v1/instance/service-accounts/default`;
  const known = new Map<string, Promise<Token>>();

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
      // Where there is no metadata server there is no identity: asking again finds none either.
      const message = 'there is no metadata server to ask who this function is';
      throw new GcpError({ ...names, code: 'MissingIdentity', status: 0, message }, error);
    }
  };

  /** What is remembered, as long as it holds; many who ask at once ask once. */
  const remembered = async (name: string, get: () => Promise<Token>): Promise<string> => {
    const held = known.get(name);
    const token = held === undefined ? undefined : await held;
    if (token !== undefined && token.expiresAt - renewalMillis > now()) return token.token;
    if (known.get(name) !== held) return remembered(name, get);
    const getting = retrying(get, isTransient, backoff);
    known.set(name, getting);
    getting.catch(() => known.get(name) === getting && known.delete(name));
    return (await getting).token;
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
      known.get('access')?.then(
        (held) => held.token === token && known.delete('access'),
        () => undefined,
      );
    },
  };
};
