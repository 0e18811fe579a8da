import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { storageVersion } from '../../../adapters/azure/services.ts';
import { unsignedToken } from '../../../adapters/conformance/fakes/tokens.ts';
import type { Account } from './subscription.ts';

export type Call = {
  readonly method: string;
  /** Behind the account: `/container?restype=container`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
};

const lifetimeSeconds = 600;

/** Of the resource manager, which no role of the data plane holds for. */
const managerToken = (): string => {
  const iat = Math.floor(Date.now() / 1000);
  const aud = 'https://storage.azure.com';
  return unsignedToken({ iss: 'https://sts.windows.net/manager/', sub: 'manager', aud, iat, nbf: iat - 60, exp: iat + lifetimeSeconds });
};

/** Calls an account's emulator as the resource manager does. The status; throws for what is neither done nor a matter of what is there (404, 409). */
export const manage = ({ azurite }: Account, service: 'blobs' | 'queues', { method, path, headers, body }: Call): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(
      `${azurite[service]}${path}`,
      {
        method,
        ca: readFileSync(azurite.certificate),
        headers: {
          authorization: `Bearer ${managerToken()}`,
          'x-ms-version': storageVersion,
          'x-ms-date': new Date().toUTCString(),
          'content-length': body === undefined ? 0 : Buffer.byteLength(body),
          ...headers,
        },
      },
      (answer) => {
        let said = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          said += text;
        });
        answer.once('end', () => {
          const { statusCode = 0 } = answer;
          if (statusCode < 400 || statusCode === 404 || statusCode === 409) resolve(statusCode);
          else reject(new Error(`${method} ${path}: ${statusCode} ${said}`));
        });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
