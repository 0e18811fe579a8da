import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject, sign, verify } from 'node:crypto';
import { type RunningIdentityTokens, startIdentityTokens } from '../../../../adapters/conformance/fakes/identity-tokens.ts';
import { googleIdentity, makeTokenSigner } from '../../../../adapters/conformance/fakes/token-signer.ts';
import { claimsOf, type TokenClaims } from '../../../../adapters/conformance/fakes/tokens.ts';

/** The service accounts of a project, by their e-mails: each with a metadata server of its own, and a key that only Google has. */
export type Accounts = {
  add(email: string): Promise<void>;
  remove(email: string): Promise<void>;
  has(email: string): boolean;
  list(): readonly string[];
  /** The URL of its metadata server. */
  metadataOf(email: string): string | undefined;
  /** An access token that its metadata server gave out. */
  gave(token: string, email: string): void;
  ofToken(token: string): string | undefined;
  identityToken(email: string, audience: string): string;
  /** What a token of Google's says; nothing where it is none or has expired. */
  verified(token: string): Partial<TokenClaims> | undefined;
  signBlob(email: string, bytes: Buffer): Buffer;
  /** With which what accounts signed is verified. */
  keys(): ReadonlyMap<string, KeyObject>;
  /** Google's own keys. */
  certificates(): object;
  close(): Promise<void>;
};

export const makeAccounts = (projectId: string): Accounts => {
  const signer = makeTokenSigner();
  const certificates = signer.keySet() as unknown as { readonly keys: readonly JsonWebKey[] };
  const google = createPublicKey({ key: certificates.keys[0] ?? {}, format: 'jwk' });
  const servers = new Map<string, RunningIdentityTokens>();
  const tokens = new Map<string, string>();
  const pairs = new Map<string, { readonly privateKey: KeyObject; readonly publicKey: KeyObject }>();
  const pairOf = (email: string) => {
    const pair = pairs.get(email) ?? generateKeyPairSync('rsa', { modulusLength: 2048 });
    pairs.set(email, pair);
    return pair;
  };
  const isGenuine = (token: string): boolean => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    return verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), google, Buffer.from(signature, 'base64url'));
  };
  return {
    async add(email) {
      if (!servers.has(email)) servers.set(email, await startIdentityTokens({ email, signer, projectId }));
    },
    async remove(email) {
      const server = servers.get(email);
      servers.delete(email);
      await server?.close();
    },
    has: (email) => servers.has(email),
    list: () => [...servers.keys()],
    metadataOf: (email) => servers.get(email)?.url,
    gave: (token, email) => void tokens.set(token, email),
    ofToken: (token) => tokens.get(token),
    identityToken: (email, audience) => signer.sign(googleIdentity(email, audience, Date.now())),
    verified(token) {
      const claims = claimsOf(token);
      return claims !== undefined && isGenuine(token) && Number(claims.exp) * 1000 > Date.now() ? claims : undefined;
    },
    signBlob: (email, bytes) => sign('sha256', bytes, pairOf(email).privateKey),
    keys: () => new Map([...pairs].map(([email, { publicKey }]) => [email, publicKey])),
    certificates: () => certificates,
    async close() {
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
};
