import { InAccount } from './blob-container.ts';
import { clientOf, unlessMissing } from './cosmos-rest.ts';
import { isThere, named, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

export const cosmosDatabase = (subscription: Subscription) =>
  resource({
    type: 'cosmosdb:SqlResourceSqlDatabase',
    inputs: InAccount,
    naming: named('databaseName', 255),
    create: async ({ accountName }, { name }) => {
      await clientOf(subscription, accountName).databases.createIfNotExists({ id: name });
      return undefined;
    },
    find: async ({ name }, { accountName }) => {
      if (!subscription.cosmos.has(accountName)) return undefined;
      return isThere((await unlessMissing(clientOf(subscription, accountName).database(name).read())) !== undefined);
    },
    remove: async ({ name }, { accountName }) => {
      if (subscription.cosmos.has(accountName)) await unlessMissing(clientOf(subscription, accountName).database(name).delete());
    },
  });
