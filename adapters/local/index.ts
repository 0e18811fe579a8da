import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { EventFilter, EventHandler } from '../../domain/kernel/event-bus.ts';
import type { Ids } from '../../domain/kernel/ids.ts';
import type { QueuePolicy, Worker } from '../../domain/kernel/queue.ts';
import type { ChangeHandler, Table } from '../../domain/kernel/table.ts';
import { focusWriter } from '../duckdb/focus-writer.ts';
import { systemClock } from '../system/system-clock.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { atInterval } from './at-interval.ts';
import { changeStream } from './change-stream.ts';
import { localDeadLetters } from './dead-letters.ts';
import { localEventBus, type Subscription } from './event-bus.ts';
import { localModelHost } from './model-host.ts';
import { type LocalObjectStore, localObjectStore } from './object-store.ts';
import { putJournal } from './put-journal.ts';
import { localQueue } from './queue.ts';
import { localSecrets } from './secrets.ts';
import { serveObject } from './serve-object.ts';
import { openStore } from './store.ts';
import type { LocalTable, LocalTableDeclaration } from './table.ts';

export type LocalCloudOptions = {
  readonly folder: string;
  /** Where the platform is reached; asked when a URL is signed. */
  readonly baseUrl: () => string;
  /** Hears of every delivery that failed and will be made again. */
  readonly onFailure: (error: unknown, consumer: string) => void;
};

export type Consumer = { readonly table: string; readonly name: string; readonly handle: ChangeHandler; readonly lingerMillis: number };

const clock: Clock = systemClock;
const modelStore = 'artifacts';
/** Who lingers wants large batches. */
const largestFold = 5000;
const usualBatch = 500;
const largestObject = 2 * 1024 ** 3;

/** Every port on a laptop, in one data folder. Throws `Rejected` where the folder is in use, of a newer format, or on a full disk. */
export const openCloud = async ({ folder, baseUrl, onFailure }: LocalCloudOptions) => {
  const store = openStore(folder, { clock });
  const ids: Ids = ulidIds();
  const secrets = localSecrets({ file: join(folder, 'secrets.json') });
  const signingKey = await secretBytes(secrets, 'presign');
  const objectStores = new Map<string, LocalObjectStore>();
  const objects = (name: string): LocalObjectStore => {
    const known = objectStores.get(name) ?? localObjectStore({ folder: join(folder, 'objects', name), name, baseUrl, signingKey, clock });
    objectStores.set(name, known);
    return known;
  };
  const modelHost = localModelHost(() => objects(modelStore));
  const queue = (name: string, policy: QueuePolicy) =>
    localQueue(store, name, policy, { clock, ids, onFailure: (error) => onFailure(error, name) });
  const running: { stop(): Promise<void> }[] = [];
  const tables = new Map<string, LocalTable>();
  const beforeSettling = new Map<string, () => Promise<void>>();
  const settling = new Map<string, (() => Promise<void>)[]>();

  return {
    clock,
    ids,
    secrets,
    modelHost,
    objects,
    /** Answers a request to a presigned URL. */
    serveSigned: (request: Request) => serveObject(objects, request, { signingKey, now: clock.now(), maxBytes: largestObject }),
    exportWriter: focusWriter(),
    deadLetters: localDeadLetters(store, { clock }),
    table(name: string, declaration: LocalTableDeclaration): Table {
      const table = store.table(name, declaration);
      tables.set(name, table);
      return table;
    },
    queue,
    /** Delivers a queue's messages to its worker. */
    work: (name: string, policy: QueuePolicy, worker: Worker): void => void running.push(queue(name, policy).work(worker)),
    /** The `put` of an open table for facts: on disk at once, in the table soon; see `putJournal`. */
    journaled(name: string): Pick<Table, 'put'> {
      const journal = putJournal({
        folder: join(folder, 'journal', name),
        table: tables.get(name) as LocalTable,
        onFailure: (error) => onFailure(error, name),
      });
      running.push({ stop: journal.close });
      beforeSettling.set(name, journal.drained);
      return { put: journal.put };
    },
    /** Runs a function at an interval, never twice at once; a run that fails is made up for by the next. */
    every: (seconds: number, name: string, run: () => Promise<void>): void =>
      void running.push(atInterval(seconds * 1000, () => run().catch((error: unknown) => onFailure(error, name)))),
    /** The bus with all its subscribers, delivering. */
    bus(subscriptions: readonly Subscription[]) {
      const bus = localEventBus(store, subscriptions, { clock, ids, onFailure });
      running.push(bus);
      return bus;
    },
    /** Delivers a table's changes. */
    consume({ table, name, handle, lingerMillis }: Consumer): void {
      const subscription = changeStream(store, table).subscribe(name, handle, {
        linger: lingerMillis,
        batchSize: lingerMillis > 0 ? largestFold : usualBatch,
        onFailure: (error) => onFailure(error, name),
      });
      running.push(subscription);
      settling.set(table, [...(settling.get(table) ?? []), subscription.idle]);
    },
    /** Resolves when all consumers of a table have handled every change committed before. */
    settled: async (table: string): Promise<void> => {
      await beforeSettling.get(table)?.();
      await Promise.all((settling.get(table) ?? []).map((idle) => idle()));
    },
    async close(): Promise<void> {
      for (const part of running.reverse()) await part.stop();
      await modelHost.close();
      await store.close();
    },
  };
};

export type LocalCloud = Awaited<ReturnType<typeof openCloud>>;
export type { EventFilter, EventHandler, Subscription };

const secretBytes = async (secrets: ReturnType<typeof localSecrets>, name: string): Promise<Buffer> => {
  const known = await secrets.get(name);
  if (known !== undefined) return Buffer.from(known, 'base64');
  const fresh = randomBytes(32);
  await secrets.put(name, fresh.toString('base64'));
  return fresh;
};
