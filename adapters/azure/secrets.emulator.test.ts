import { startKeyVault } from '../conformance/fakes/key-vault.ts';
import { secretsConformance } from '../conformance/secrets.ts';
import { systemClock } from '../system/system-clock.ts';
import { vaultSecrets } from './secrets.ts';
import { identifiedClient } from './test-azurite.ts';

const { client } = identifiedClient();

secretsConformance('fakes of Azure', async () => {
  const vault = await startKeyVault();
  const open = () => vaultSecrets({ client: client(), secretUrl: `${vault.url}/secrets/platform-models`, clock: systemClock });
  return { secrets: open(), reopen: async () => open(), close: vault.close };
});
