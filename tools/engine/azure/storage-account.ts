import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startAzurite } from '../../emulators/azure.ts';
import { ofBlobs, ofQueues } from './needs.ts';
import { isThere, named, Place, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

/** A storage account is an emulator of its own: what URLs of it are signed for is its name. */
export const storageAccount = ({ accounts, front, bells }: Subscription) => {
  const hostsOf = (name: string) => ({ blob: `${name}.blob.core.windows.net`, queue: `${name}.queue.core.windows.net` });
  return resource({
    type: 'storage:StorageAccount',
    inputs: Place,
    naming: named('accountName', 24),
    replacedBy: ['kind'],
    create: async (_inputs, { id, name }) => {
      if (!/^[a-z0-9]{3,24}$/.test(name)) throw new Error(`${name} is no name of a storage account`);
      const azurite = await startAzurite({ name, key: randomBytes(64).toString('base64') });
      accounts.set(name, { id, azurite });
      const hosts = hostsOf(name);
      const certificate = readFileSync(azurite.certificate);
      front.services.set(hosts.blob, {
        ...{ id, certificate, endpoint: azurite.blobs, needs: ofBlobs },
        // The emulator takes a blob to copy from only by its own address.
        headers: (headers) => {
          const source = headers['x-ms-copy-source'];
          if (typeof source !== 'string') return headers;
          return { ...headers, 'x-ms-copy-source': source.replace(`https://${hosts.blob}`, azurite.blobs) };
        },
      });
      front.services.set(hosts.queue, {
        ...{ id, certificate, endpoint: azurite.queues, needs: ofQueues },
        called: ({ method, segments: [queue] }) => void (method === 'POST' && bells.emit(`queue ${name}/${queue}`)),
      });
      return undefined;
    },
    find: async ({ name }) => isThere(accounts.has(name)),
    remove: async ({ name }) => {
      for (const host of Object.values(hostsOf(name))) front.services.delete(host);
      const account = accounts.get(name);
      accounts.delete(name);
      await account?.azurite.stop();
    },
  });
};
