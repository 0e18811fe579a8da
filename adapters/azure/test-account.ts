import { randomUUID } from 'node:crypto';
import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { JsonObject } from '../../domain/kernel/json.ts';
import type { Resources } from '../../functions/entries/crash/test-world.ts';
import { azurite } from '../../tools/emulators/azure-setup.ts';
import { startEventGrid, storageQueue } from '../conformance/fakes/event-grid.ts';
import { startKeyVault } from '../conformance/fakes/key-vault.ts';
import { partitionOf } from './change-stream.ts';
import { type CosmosPlace, cosmosContainer, type FeedPage } from './cosmos-container.ts';
import { makeContainer, vendorQueues } from './test-azurite.ts';
import { type CosmosUnderTest, database, indexingOf, startCosmosUnderTest } from './test-cosmos.ts';
import { makeWorkQueue } from './test-deliveries.ts';

/** A container's change feed as the trigger reads it: a batch that was not handled comes again. */
const feedOf = ({ client }: CosmosUnderTest, place: CosmosPlace) => {
  const container = cosmosContainer(client, place);
  let etag: string | undefined;
  let held: FeedPage | undefined;
  const isOfTable = (document: JsonObject): boolean => partitionOf(document) !== undefined;
  const pass = (): void => {
    etag = held?.continuation ?? etag;
    held = undefined;
  };
  return {
    /** Nothing where only the adapter's own documents changed: they ring for nobody. */
    async pending(): Promise<readonly JsonObject[]> {
      held ??= await container.changes({ range: '0' }, etag === undefined ? {} : { etag }, 100);
      const { documents } = held;
      if (!documents.some(isOfTable)) pass();
      return documents.some(isOfTable) ? documents : [];
    },
    pass,
  };
};
export type TestFeed = ReturnType<typeof feedOf> & { readonly name: string };

const hiddenSeconds = 60;

/** A queue as the host of Functions reads it, in a world where the time of a hidden message is always over. */
const messagesOf = (name: string) => {
  const queue = vendorQueues().getQueueClient(name);
  return {
    name,
    receive: async (): Promise<readonly DequeuedMessageItem[]> =>
      (await queue.receiveMessages({ numberOfMessages: 10, visibilityTimeout: hiddenSeconds })).receivedMessageItems,
    delete: async ({ messageId, popReceipt }: DequeuedMessageItem): Promise<void> =>
      void (await queue.deleteMessage(messageId, popReceipt)),
    /** Who has shown it himself by now has another receipt. */
    again: async ({ messageId, popReceipt, messageText }: DequeuedMessageItem): Promise<void> =>
      void (await queue.updateMessage(messageId, popReceipt, messageText, 0).catch(() => undefined)),
  };
};
export type TestMessages = ReturnType<typeof messagesOf>;

/** Whatever is hidden for some time is so for none. */
export const timelessly: typeof fetch = (input, init) => {
  const url = String(input);
  return fetch(
    init?.method === 'PUT' && /\/messages\//.test(url) ? url.replace(/visibilitytimeout=\d+/, 'visibilitytimeout=0') : url,
    init,
  );
};

const makeTables = (cosmos: CosmosUnderTest, tables: Resources['tables']) => {
  const environment: Record<string, string> = {};
  const feeds: TestFeed[] = [];
  for (const [variable, { name = '', streams = false, isConsumed: _isConsumed, ...declaration }] of Object.entries(tables)) {
    const container = `${variable.toLowerCase()}-${randomUUID()}`;
    const definition = { id: container, partitionKey: { paths: ['/pk'], version: 2 }, defaultTtl: -1 };
    cosmos.fake.provide(database, [{ ...definition, indexingPolicy: indexingOf(declaration) }]);
    environment[variable] = container;
    if (streams) feeds.push({ ...feedOf(cosmos, { endpoint: cosmos.fake.url, database, container }), name });
  }
  return { environment, feeds };
};

/** The same with new tables, which hold nothing. */
export const withNewTables = (account: Account, { tables }: Resources): Account => {
  const { environment, feeds } = makeTables(account.cosmos, tables);
  return { ...account, feeds, environment: { ...account.environment, ...environment } };
};

/** Makes everything on azurite and fakes, under names of its own. */
export const makeAccount = async (resources: Resources) => {
  const [cosmos, topic, vault] = await Promise.all([startCosmosUnderTest(), startEventGrid(), startKeyVault()]);
  const { environment: tables, feeds } = makeTables(cosmos, resources.tables);
  const environment: Record<string, string> = {
    ...cosmos.identity,
    ...tables,
    HYBRID_COSMOS_ENDPOINT: cosmos.fake.url,
    HYBRID_COSMOS_DATABASE: database,
    HYBRID_STORAGE__queueServiceUri: azurite('queues'),
    HYBRID_BUS: topic.endpoint,
  };
  const { buckets = [], secrets = [], subscribers = [] } = resources;
  for (const variable of buckets) environment[variable] = await makeContainer();
  for (const variable of secrets) environment[variable] = `${vault.url}/secrets/secret-${randomUUID()}`;
  const queues: { readonly work: TestMessages; readonly deadLetters: TestMessages }[] = [];
  const made = async () => {
    const { name, url } = await makeWorkQueue();
    return { url, work: messagesOf(name), deadLetters: messagesOf(`${name}-poison`) };
  };
  for (const variable of resources.queues ?? []) {
    const { url, ...queue } = await made();
    environment[variable] = url;
    queues.push(queue);
  }
  const { work: events } = await made();
  const put = async (text: string) => (await vendorQueues().getQueueClient(events.name).sendMessage(text))._response.status;
  await topic.subscribe({ name: 'all', destination: storageQueue(put) });
  environment.HYBRID_SUBSCRIPTIONS = JSON.stringify({ [events.name]: subscribers });
  const close = async () => void (await Promise.all([cosmos.close(), topic.close(), vault.close()]));
  return { environment, feeds, queues, events, cosmos, topic, close };
};

export type Account = Awaited<ReturnType<typeof makeAccount>>;
