import { openCloud } from '../../../adapters/azure/index.ts';
import {
  type Account,
  makeAccount,
  type TestFeed,
  type TestMessages,
  timelessly,
  withNewTables,
} from '../../../adapters/azure/test-account.ts';
import { azureAnswers } from '../../../adapters/azure/test-faults.ts';
import type { Calls, Crashing, Starting, World } from '../crash/test-world.ts';
import { sentOf } from '../given-up.ts';
import { registerAll, testApp } from './test-azure.ts';

type AzureWorld = World & { readonly account: Account };
type App = ReturnType<typeof testApp>;

/** An app as its worker loads it. Work queues and poison queues are told apart by their names. */
const appOf = ({ world, bound, ports, log, ...network }: Starting<AzureWorld>): App => {
  const { environment } = world;
  const azure = { cloud: { ...openCloud(environment, network), ...ports }, environment, log };
  const on = testApp();
  registerAll(on.app, bound, azure);
  return on;
};

const hyphenated = (name: string): string => name.replaceAll('.', '-');

/** A batch of changed documents comes again until it is handled. */
const ring = async ({ name, pending, pass }: TestFeed, { call }: Calls<App>): Promise<boolean> => {
  const documents = await pending();
  if (documents.length === 0) return false;
  const handled = await call('changes', async (app) => {
    await app.call(`changes-${hyphenated(name)}`, documents);
    return true;
  });
  if (handled) pass();
  return true;
};

const readQueue = async (unit: string, queue: TestMessages, { call }: Calls<App>): Promise<boolean> => {
  const received = await queue.receive();
  for (const message of received) {
    const { messageId: id, popReceipt, dequeueCount, messageText } = message;
    const content = sentOf(Buffer.from(messageText, 'base64').toString());
    const handled = await call(unit, async (app) => {
      await app.deliver(queue.name, content, { id, popReceipt, dequeueCount });
      return true;
    });
    await (handled ? queue.delete(message) : queue.again(message));
  }
  return received.length > 0;
};

const worldOf = (account: Account): AzureWorld => {
  const open = () => openCloud(account.environment);
  return {
    account,
    environment: account.environment,
    open,
    async forget() {
      const { doorbell, partitionOf } = open();
      for (const { name, pending, pass } of account.feeds)
        for (let documents = await pending(); documents.length > 0; documents = await pending()) {
          for (const partition of new Set(documents.map(partitionOf).filter((one) => one !== undefined))) {
            const known = await doorbell.progress.get(name, partition);
            const last = (await doorbell.reading(name, partition)(known?.sequence, 1000)).at(-1);
            if (last !== undefined) await doorbell.progress.put(name, partition, last.sequence, known?.tag);
          }
          pass();
        }
    },
  };
};

const made: Account[] = [];

/** Azure as azurite and fakes have it: change feeds and queues are read as the host of Functions does. */
export const azureCrashing: Crashing<AzureWorld, App> = {
  answers: azureAnswers,
  makesTablesFreely: true,
  open: ({ world, ...network }) => openCloud(world.environment, network),
  start: appOf,
  ask: async (app, request) => {
    const { url, method, headers, body } = request;
    return app.ask(url, { method, headers, body, duplex: 'half' } as RequestInit);
  },
  keep: (app, schedule) => app.call(`schedule-${hyphenated(schedule)}`, {}),
  async deliver({ account }, calls) {
    let busy = false;
    for (const feed of account.feeds) busy = (await ring(feed, calls)) || busy;
    await account.topic.settled();
    busy = (await readQueue('events', account.events, calls)) || busy;
    for (const { work, deadLetters } of account.queues) {
      busy = (await readQueue('queues', work, calls)) || busy;
      busy = (await readQueue('dead-letters', deadLetters, calls)) || busy;
    }
    return busy;
  },
  async make(resources, known) {
    if (known !== undefined) return worldOf(withNewTables(known.account, resources));
    const account = await makeAccount(resources);
    made.push(account);
    return worldOf(account);
  },
  network: () => timelessly,
  close: async () => void (await Promise.all(made.map(({ close }) => close()))),
};
