import * as z from 'zod';
import { isThere, named, Place, resource } from './resource.ts';
import { manage } from './storage-rest.ts';
import { found, type Subscription } from './subscription.ts';

export const InAccount = Place.extend({ accountName: z.string() });

export const blobContainer = ({ accounts }: Subscription) => {
  const call = async (account: string, method: string, name: string): Promise<number> => {
    const known = accounts.get(account);
    return known === undefined ? 404 : manage(known, 'blobs', { method, path: `/${name}?restype=container` });
  };
  return resource({
    type: 'storage:BlobContainer',
    inputs: InAccount,
    naming: named('containerName', 63),
    create: async ({ accountName }, { name }) => {
      found(accounts, accountName);
      await call(accountName, 'PUT', name);
      return undefined;
    },
    find: async ({ name }, { accountName }) => isThere((await call(accountName, 'GET', name)) === 200),
    remove: async ({ name }, { accountName }) => {
      await call(accountName, 'DELETE', name);
    },
  });
};
