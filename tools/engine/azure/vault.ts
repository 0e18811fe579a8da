import { startKeyVault } from '../../../adapters/conformance/fakes/key-vault.ts';
import { ofVault } from './needs.ts';
import { isThere, named, Place, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

const hostOf = (vault: string): string => `${vault}.vault.azure.net`;

export const vault = ({ vaults, front }: Subscription) =>
  resource({
    type: 'keyvault:Vault',
    inputs: Place,
    naming: named('vaultName', 24),
    create: async (_inputs, { id, name }) => {
      const fake = await startKeyVault();
      vaults.set(name, { id, fake });
      front.services.set(hostOf(name), { id, endpoint: fake.url, needs: ofVault });
      return undefined;
    },
    find: async ({ name }) => isThere(vaults.has(name)),
    remove: async ({ name }) => {
      front.services.delete(hostOf(name));
      const known = vaults.get(name);
      vaults.delete(name);
      await known?.fake.close();
    },
  });
