import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { Table } from '../../../domain/kernel/table.ts';
import type { DoorbellCloud } from '../doorbell/cloud.ts';
import { testOpened } from '../doorbell/test-cloud.ts';
import type { Environment } from '../opened.ts';
import type { GcpCloud } from './cloud.ts';

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Keys of Google's, served where a function finds them, and tokens that they sign. */
export const startSigner = async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  let asked = 0;
  const server = createServer((_request, response) => {
    asked++;
    response.setHeader('cache-control', 'public, max-age=3600');
    response.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  return {
    url: `http://127.0.0.1:${port}/certs`,
    asked: () => asked,
    token: (claims: object, { forged = false, kid = 'one', alg = 'RS256' } = {}): string => {
      const signed = `${encoded({ alg, kid, typ: 'JWT' })}.${encoded(claims)}`;
      const signature = createSign('RSA-SHA256')
        .update(signed)
        .sign(forged ? stranger : privateKey, 'base64url');
      return `${signed}.${signature}`;
    },
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
};
export type Signer = Awaited<ReturnType<typeof startSigner>>;

export const audience = 'https://things-events.example.run.app';
export const caller = 'push@project.iam.gserviceaccount.com';

/** The claims of the token that a push has, at the time of a test's clock. */
export const claimsAt = (now: Date) => {
  const iat = Math.floor(now.getTime() / 1000);
  return { iss: 'https://accounts.google.com', aud: audience, email: caller, email_verified: true, iat, exp: iat + 3600 };
};

/** A function's surroundings on Google Cloud in memory. */
export const testGoogle = (
  signer: Signer,
  table: (name: string) => Table,
  environment: Environment = {},
  more: Partial<DoorbellCloud> = {},
) =>
  testOpened<GcpCloud>(
    table,
    { HYBRID_AUDIENCE: audience, HYBRID_CALLERS: caller, HYBRID_CERTIFICATES_URL: signer.url, ...environment },
    more,
  );

/** A call of the cloud's own, by who may make it. */
export const called = (signer: Signer, now: Date, path: string, body?: unknown, headers: Record<string, string> = {}): Request =>
  new Request(`${audience}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${signer.token(claimsAt(now))}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** As in "Receive messages with push subscriptions". */
export const pushed = (data: unknown, { attributes = {}, deliveryAttempt = 1, messageId = '2070443601311540' } = {}) => ({
  message: {
    attributes,
    data: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)).toString('base64'),
    messageId,
    message_id: messageId,
    publishTime: '2026-11-21T12:00:00.000Z',
  },
  subscription: 'projects/project/subscriptions/one',
  deliveryAttempt,
});
