import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Secrets } from '../../domain/kernel/secrets.ts';
import { contextSecrets } from '../cloud/context-secrets.ts';
import type { AwsClient } from './client.ts';
import { isAwsError } from './errors.ts';
import { secretsManager } from './services.ts';

export type ManagedSecretsOptions = {
  readonly client: AwsClient;
  /** The name or ARN of the one secret that holds all of a context's, as a JSON object of strings. */
  readonly secretId: string;
  readonly clock: Clock;
};

/** Of the JSON text, in bytes (quotas of AWS Secrets Manager). */
const largestSecret = 65_536;

/** The `Secrets` port on Secrets Manager. */
export const managedSecrets = ({ client, secretId, clock }: ManagedSecretsOptions): Secrets =>
  contextSecrets({
    async read() {
      try {
        return (await client.call<{ SecretString?: string }>(secretsManager, 'GetSecretValue', { SecretId: secretId })).SecretString;
      } catch (error) {
        // As good as empty: it was made and holds nothing yet. Where it was not made, a put will say so.
        if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
        throw error;
      }
    },
    async write(SecretString) {
      // Who makes requests of his own has to make the token too; with it a request that is sent again is the same one.
      await client.call(secretsManager, 'PutSecretValue', { SecretId: secretId, SecretString, ClientRequestToken: randomUUID() });
    },
    clock,
    largest: largestSecret,
  });
