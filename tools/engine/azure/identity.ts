import { startIdentityTokens } from '../../../adapters/conformance/fakes/identity-tokens.ts';
import { makeTokenSigner } from '../../../adapters/conformance/fakes/token-signer.ts';
import { isThere, named, Place, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

export const userAssignedIdentity = ({ identities }: Subscription) => {
  const signer = makeTokenSigner();
  return resource({
    type: 'managedidentity:UserAssignedIdentity',
    inputs: Place,
    naming: named('resourceName', 128),
    create: async (_inputs, { id }) => {
      const tokens = await startIdentityTokens({ signer });
      identities.set(id, { id, tokens });
      return { clientId: tokens.clientId, principalId: tokens.principalId };
    },
    find: async ({ id }) => isThere(identities.has(id)),
    remove: async ({ id }) => {
      const identity = identities.get(id);
      identities.delete(id);
      await identity?.tokens.close();
    },
  });
};
