import type { Clock } from '../../domain/kernel/clock.ts';
import type { Secrets } from '../../domain/kernel/secrets.ts';
import { contextSecrets } from '../cloud/context-secrets.ts';
import type { AzureClient } from './client.ts';
import { isAzureError } from './errors.ts';
import { keyVault } from './services.ts';

export type VaultSecretsOptions = {
  readonly client: AzureClient;
  /** The URL of the one secret that holds all of a context's: `https://<vault>.vault.azure.net/secrets/<name>`. */
  readonly secretUrl: string;
  readonly clock: Clock;
};

/** In bytes (limits of Azure Key Vault). */
const largestSecret = 25 * 1024;

/** The `Secrets` port on Key Vault (https://learn.microsoft.com/rest/api/keyvault/secrets/): each put is a version of the one secret. */
export const vaultSecrets = ({ client, secretUrl, clock }: VaultSecretsOptions): Secrets => {
  const url = `${secretUrl.replace(/\/+$/, '')}?api-version=7.4`;
  return contextSecrets({
    async read() {
      try {
        const { body } = await client.call(keyVault, { operation: 'GetSecret', method: 'GET', url });
        return (JSON.parse(body) as { readonly value: string }).value;
      } catch (error) {
        // As good as empty. Where the vault itself is missing, no name is resolved and this is no answer.
        if (isAzureError(error, 'SecretNotFound')) return undefined;
        throw error;
      }
    },
    async write(value) {
      const body = JSON.stringify({ value, contentType: 'application/json' });
      await client.call(keyVault, { operation: 'SetSecret', method: 'PUT', url, headers: { 'content-type': 'application/json' }, body });
    },
    clock,
    largest: largestSecret,
  });
};
