import { InAccount } from './blob-container.ts';
import { isThere, named, resource } from './resource.ts';
import { manage } from './storage-rest.ts';
import { found, type Subscription } from './subscription.ts';

export const storageQueue = ({ accounts }: Subscription) => {
  const call = async (account: string, method: string, path: string): Promise<number> => {
    const known = accounts.get(account);
    return known === undefined ? 404 : manage(known, 'queues', { method, path });
  };
  return resource({
    type: 'storage:Queue',
    inputs: InAccount,
    naming: named('queueName', 63),
    create: async ({ accountName }, { name }) => {
      found(accounts, accountName);
      await call(accountName, 'PUT', `/${name}`);
      return undefined;
    },
    find: async ({ name }, { accountName }) => isThere((await call(accountName, 'GET', `/${name}?comp=metadata`)) === 200),
    remove: async ({ name }, { accountName }) => {
      await call(accountName, 'DELETE', `/${name}`);
    },
  });
};
