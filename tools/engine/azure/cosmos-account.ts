import { startCosmos } from '../../../adapters/conformance/fakes/cosmos.ts';
import { ofCosmos } from './needs.ts';
import { isThere, named, Place, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

const hostOf = (name: string): string => `${name}.documents.azure.com`;

export const cosmosAccount = ({ cosmos, front, bells }: Subscription) =>
  resource({
    type: 'cosmosdb:DatabaseAccount',
    inputs: Place,
    naming: named('accountName', 44),
    replacedBy: ['kind', 'capabilities'],
    create: async (_inputs, { id, name }) => {
      const fake = await startCosmos();
      cosmos.set(name, { id, fake });
      front.services.set(hostOf(name), {
        ...{ id, endpoint: fake.url, needs: ofCosmos },
        called: ({ method, segments: [, , , container] }) => void (method !== 'GET' && bells.emit(`container ${name}/${container}`)),
      });
      return undefined;
    },
    find: async ({ name }) => isThere(cosmos.has(name)),
    remove: async ({ name }) => {
      front.services.delete(hostOf(name));
      const account = cosmos.get(name);
      cosmos.delete(name);
      await account?.fake.close();
    },
  });
