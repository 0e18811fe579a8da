import type { Clock } from '../../domain/kernel/clock.ts';
import type { Secrets } from '../../domain/kernel/secrets.ts';
import { contextSecrets } from '../cloud/context-secrets.ts';
import type { GcpClient } from './client.ts';
import { isGcpError } from './errors.ts';
import { secretManager } from './services.ts';

export type ManagedSecretsOptions = {
  readonly client: GcpClient;
  /** `projects/<p>/secrets/<s>`: the one secret that holds all of a context's, as a JSON object of strings. */
  readonly secret: string;
  readonly clock: Clock;
};

/** Of the JSON text, in bytes (quotas of Secret Manager). */
const largestSecret = 65_536;

/** The `Secrets` port on Secret Manager: a put adds a version of the context's secret, and the newest is read. */
export const managedSecrets = ({ client, secret, clock }: ManagedSecretsOptions): Secrets =>
  contextSecrets({
    clock,
    largest: largestSecret,
    async read() {
      try {
        const { payload } = await client.call<{ readonly payload?: { readonly data?: string } }>(secretManager, {
          operation: 'AccessSecretVersion',
          method: 'GET',
          path: `/v1/${secret}/versions/latest:access`,
        });
        return Buffer.from(payload?.data ?? '', 'base64').toString();
      } catch (error) {
        // As good as empty: it was made and holds nothing yet. Where it was not made, a put will say so.
        if (isGcpError(error, 'NOT_FOUND')) return undefined;
        throw error;
      }
    },
    async write(text) {
      const json = { payload: { data: Buffer.from(text).toString('base64') } };
      // Sent again because its answer was lost, it adds the same once more: the newest version is the same.
      await client.call(secretManager, { operation: 'AddSecretVersion', path: `/v1/${secret}:addVersion`, json });
    },
  });
