import { createHash, sign } from 'node:crypto';
import type { GcpClient } from './client.ts';
import { endpointOf, iamCredentials, storage } from './services.ts';

/** Signs as a service account (RSA, SHA-256). */
export type Signer = { email(): Promise<string>; sign(text: string): Promise<Buffer> };

/** As the function's own account, whose keys only Google has: it needs leave to sign as itself (`iam.serviceAccounts.signBlob`). */
export const iamSigner = (client: GcpClient): Signer => ({
  email: () => client.identity.email(),
  async sign(text) {
    const path = `/v1/projects/-/serviceAccounts/${encodeURIComponent(await client.identity.email())}:signBlob`;
    const json = { payload: Buffer.from(text).toString('base64') };
    const { signedBlob } = await client.call<{ readonly signedBlob: string }>(iamCredentials, { operation: 'SignBlob', path, json });
    return Buffer.from(signedBlob, 'base64');
  },
});

/** With a key of one's own. */
export const keySigner = (email: string, privateKey: string): Signer => ({
  email: async () => email,
  sign: async (text) => sign('sha256', Buffer.from(text), privateKey),
});

export type SignedUrlRequest = {
  readonly method: 'GET' | 'PUT';
  readonly bucket: string;
  readonly name: string;
  readonly expiresInSeconds: number;
  readonly at: Date;
  /** Small letters; whoever makes the request has to send just these. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** RFC 3986: also what `encodeURIComponent` leaves. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

const algorithm = 'GOOG4-RSA-SHA256';

/** A URL with which anyone may make this one request until it expires (https://cloud.google.com/storage/docs/authentication/signatures, V4). */
export const signedUrl = async (client: GcpClient, signer: Signer, request: SignedUrlRequest): Promise<string> => {
  const endpoint = endpointOf(storage, client.environment);
  const moment = request.at.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${moment.slice(0, 8)}/auto/storage/goog4_request`;
  const path = `/${encoded(request.bucket)}/${request.name.split('/').map(encoded).join('/')}`;
  const signed = Object.entries({ host: new URL(endpoint).host, ...request.headers }).sort(([one], [other]) => (one < other ? -1 : 1));
  const signedNames = signed.map(([name]) => name).join(';');
  const query = Object.entries({
    'X-Goog-Algorithm': algorithm,
    'X-Goog-Credential': `${await signer.email()}/${scope}`,
    'X-Goog-Date': moment,
    'X-Goog-Expires': String(request.expiresInSeconds),
    'X-Goog-SignedHeaders': signedNames,
  })
    .map(([name, value]) => `${name}=${encoded(value)}`)
    .join('&');
  const lines = signed.map(([name, value]) => `${name}:${value}`);
  const canonical = [request.method, path, query, ...lines, '', signedNames, 'UNSIGNED-PAYLOAD'].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const signature = await signer.sign([algorithm, moment, scope, digest].join('\n'));
  return `${endpoint}${path}?${query}&X-Goog-Signature=${signature.toString('hex')}`;
};
