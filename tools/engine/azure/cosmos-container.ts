import type { ContainerRequest } from '@azure/cosmos';
import * as z from 'zod';
import { InAccount } from './blob-container.ts';
import { clientOf, unlessMissing } from './cosmos-rest.ts';
import { isThere, named, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

const Inputs = InAccount.extend({
  databaseName: z.string(),
  containerName: z.string(),
  resource: z.looseObject({ id: z.string(), partitionKey: z.looseObject({ paths: z.array(z.string()) }) }),
});

export const cosmosContainer = (subscription: Subscription) => {
  const database = (account: string, name: string) => clientOf(subscription, account).database(name);
  return resource({
    type: 'cosmosdb:SqlResourceSqlContainer',
    inputs: Inputs,
    naming: named('containerName', 255),
    create: async ({ accountName, databaseName, containerName, resource: definition }) => {
      if (definition.id !== containerName) throw new Error(`The container ${containerName} has the id ${definition.id}`);
      await database(accountName, databaseName).containers.createIfNotExists(definition as ContainerRequest);
      return undefined;
    },
    update: async ({ accountName, databaseName, containerName, resource: definition }) => {
      await database(accountName, databaseName)
        .container(containerName)
        .replace(definition as never);
    },
    find: async ({ name }, { accountName, databaseName }) => {
      if (!subscription.cosmos.has(accountName)) return undefined;
      return isThere((await unlessMissing(database(accountName, databaseName).container(name).read())) !== undefined);
    },
    remove: async ({ name }, { accountName, databaseName }) => {
      if (subscription.cosmos.has(accountName)) await unlessMissing(database(accountName, databaseName).container(name).delete());
    },
  });
};
