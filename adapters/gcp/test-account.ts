import { randomUUID } from 'node:crypto';
import type { Resources } from '../../functions/entries/crash/test-world.ts';
import { collectionAt } from './firestore.ts';
import { pubSub, secretManager } from './services.ts';
import { own } from './table-items.ts';
import { makeBucket } from './test-buckets.ts';
import { emulatorClient, emulatorEnvironment } from './test-emulator.ts';
import { makeSubscription, makeTopic, type Received } from './test-subscriptions.ts';

const client = () => emulatorClient();

/** A change as a trigger tells of it. */
export type Rung = { readonly document: string; readonly updateTime: string };

/** What changed in a table and was not passed yet. */
const changesIn = (path: string) => {
  const passed = new Set<string>();
  const keyOf = ({ document, updateTime }: Rung): string => `${document}@${updateTime}`;
  return {
    async pending(): Promise<readonly Rung[]> {
      const orderBy = [[own.committedAt, 'ASCENDING'] as const];
      const { documents } = await collectionAt(client(), path).query({ where: [], orderBy, limit: 1000 });
      return documents.map(({ name, updateTime }) => ({ document: name, updateTime })).filter((rung) => !passed.has(keyOf(rung)));
    },
    pass: (rung: Rung): void => void passed.add(keyOf(rung)),
  };
};
export type TestTable = ReturnType<typeof changesIn> & { readonly name: string; readonly isConsumed: boolean };

type Pulled = {
  readonly ackId: string;
  readonly deliveryAttempt?: number;
  readonly message: { readonly messageId: string; readonly data?: string; readonly attributes?: Received['attributes'] };
};

/** What topics took and nobody acknowledged yet: an emulator may show it a while later. */
const messagesUnderWay = () => {
  const ids = new Set<string>();
  let givenUp = 0;
  return {
    any: () => ids.size > 0 || givenUp > 0,
    published: (id: string): void => void ids.add(id),
    acknowledged(id: string): void {
      if (!ids.delete(id) && givenUp > 0) givenUp--;
    },
    /** It becomes another message, of the dead letter topic. */
    givenUp(id: string): void {
      ids.delete(id);
      givenUp++;
    },
  };
};
export type UnderWay = ReturnType<typeof messagesUnderWay>;

type Session = { readonly received: number; readonly stored?: string };

/**
 * A network that says how far resumable uploads are (https://cloud.google.com/storage/docs/performing-resumable-uploads#status-check), for the emulator
 * takes that question for the end of the upload.
 */
export const toldOfUploads = (network: typeof fetch): typeof fetch => {
  const sessions = new Map<string, Session>();
  const status = ({ received, stored }: Session): Response =>
    stored === undefined
      ? new Response(null, { status: 308, headers: received === 0 ? {} : { range: `bytes=0-${received - 1}` } })
      : new Response(stored, { status: 200, headers: { 'content-type': 'application/json' } });
  return async (input, init) => {
    const url = String(input);
    const range = new Headers(init?.headers).get('content-range');
    if (init?.method !== 'PUT' || range === null) return network(input, init);
    const known = sessions.get(url) ?? { received: 0 };
    const [, last, total] = /^bytes (?:\d+-(\d+)|\*)\/(\d+|\*)$/.exec(range) ?? [];
    if (known.stored !== undefined || (last === undefined && String(known.received) !== total)) return status(known);
    const response = await network(input, init);
    const text = await response.text();
    const received = last === undefined ? known.received : Number(last) + 1;
    sessions.set(url, response.status === 200 ? { received, stored: text } : { received });
    return new Response(text, response);
  };
};

/** A network on which is told what topics took. */
export const watchedBy =
  (underWay: UnderWay): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith(':publish') || !response.ok) return response;
    const text = await response.text();
    for (const id of (JSON.parse(text) as { readonly messageIds: readonly string[] }).messageIds) underWay.published(id);
    return new Response(text, response);
  };

/** Messages of a subscription, in a world where the time to wait for one that was refused is always over. */
const messagesOf = (subscription: string, attempts: number, underWay: UnderWay) => {
  const post = <Output>(verb: string, json: object) =>
    client().call<Output>(pubSub, { operation: verb, path: `/v1/${subscription}:${verb}`, json });
  return {
    async receive() {
      const { receivedMessages = [] } = await post<{ receivedMessages?: readonly Pulled[] }>('pull', {
        maxMessages: 10,
        returnImmediately: true,
      });
      return receivedMessages;
    },
    async acknowledge({ ackId, message }: Pulled): Promise<void> {
      await post('acknowledge', { ackIds: [ackId] });
      underWay.acknowledged(message.messageId);
    },
    async again({ ackId, message, deliveryAttempt = 1 }: Pulled): Promise<void> {
      await post('modifyAckDeadline', { ackIds: [ackId], ackDeadlineSeconds: 0 });
      if (deliveryAttempt >= attempts) underWay.givenUp(message.messageId);
    },
  };
};
export type TestMessages = ReturnType<typeof messagesOf>;
export type TestQueue = {
  readonly name: string;
  readonly work: TestMessages;
  readonly deadLetters: TestMessages;
};

const makeTables = (tables: Resources['tables']) => {
  const database = `projects/project/databases/db-${randomUUID().slice(0, 8)}/documents`;
  const environment: Record<string, string> = {};
  const changes: TestTable[] = [];
  for (const [variable, { name = '', streams = false, isConsumed = false }] of Object.entries(tables)) {
    const path = `${database}/${variable.toLowerCase()}`;
    environment[variable] = path;
    if (streams) changes.push({ ...changesIn(path), name, isConsumed });
  }
  return { environment, changes };
};

/** The same with new tables, which hold nothing. */
export const withNewTables = (account: Account, { tables }: Resources): Account => {
  const { environment, changes } = makeTables(tables);
  return { ...account, changes, environment: { ...account.environment, ...environment } };
};

/** Pub/Sub gives up after 5 deliveries at the earliest. */
const fewestAttempts = 5;

const makeQueue = async (topic: string, asked: number, underWay: UnderWay) => {
  const attempts = Math.max(asked, fewestAttempts);
  const backoff = { baseSeconds: 1, maxSeconds: 1 };
  const subscription = await makeSubscription(client(), topic, { attempts, visibilitySeconds: 60, batchSize: 1, backoff });
  return {
    work: messagesOf(subscription.name, attempts, underWay),
    deadLetters: messagesOf(subscription.deadLetters, Number.POSITIVE_INFINITY, underWay),
  };
};

/** Makes everything on the emulators, under names of its own. */
export const makeAccount = async (resources: Resources) => {
  const { environment: tables, changes } = makeTables(resources.tables);
  const environment: Record<string, string | undefined> = { ...emulatorEnvironment(), ...tables };
  const queues: TestQueue[] = [];
  const underWay = messagesUnderWay();
  const { buckets = [], secrets = [], subscribers = [], attempts = 50 } = resources;
  for (const variable of buckets) environment[variable] = await makeBucket(client());
  for (const variable of resources.queues ?? []) {
    const topic = await makeTopic(client());
    const name = variable.replace('HYBRID_QUEUE_', '').toLowerCase().replace('_', '.').replaceAll('_', '-');
    environment[variable] = topic;
    queues.push({ name, ...(await makeQueue(topic, attempts, underWay)) });
  }
  for (const variable of secrets) {
    const secret = `secret-${randomUUID()}`;
    const json = { replication: { automatic: {} } };
    await client().call(secretManager, { operation: 'CreateSecret', path: `/v1/projects/project/secrets?secretId=${secret}`, json });
    environment[variable] = `projects/project/secrets/${secret}`;
  }
  const bus = await makeTopic(client());
  environment.HYBRID_BUS = bus;
  environment.HYBRID_SUBSCRIPTIONS = JSON.stringify({ all: subscribers });
  return { environment, changes, queues, events: (await makeQueue(bus, 50, underWay)).work, underWay };
};

export type Account = Awaited<ReturnType<typeof makeAccount>>;
