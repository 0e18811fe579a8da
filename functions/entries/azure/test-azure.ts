import type { HttpRequest, InvocationContext } from '@azure/functions';
import type { Table } from '../../../domain/kernel/table.ts';
import type { BoundContext } from '../bound-context.ts';
import type { DoorbellCloud } from '../doorbell/cloud.ts';
import { testOpened } from '../doorbell/test-cloud.ts';
import type { Environment } from '../opened.ts';
import { registerChanges } from './changes-app.ts';
import type { AzureCloud, Receipt } from './cloud.ts';
import { registerDeadLetters } from './dead-letters-app.ts';
import { registerEvents } from './events-app.ts';
import type { Azure, FunctionApp } from './function-app.ts';
import { registerHttp } from './http.ts';
import { httpApp } from './http-app.ts';
import { registerQueues } from './queues-app.ts';
import { registerSchedules } from './schedules-app.ts';

/** What the entries did to queues. */
export type Deeds = {
  readonly postponed: { readonly queue: string; readonly receipt: Receipt; readonly seconds: number }[];
  readonly poisoned: { readonly queue: string; readonly message: string }[];
};

/** An app's surroundings on Azure in memory. */
export const testAzure = (table: (name: string) => Table, environment: Environment = {}, more: Partial<AzureCloud> = {}) => {
  const deeds: Deeds = { postponed: [], poisoned: [] };
  const own: Omit<AzureCloud, keyof DoorbellCloud> & Partial<DoorbellCloud> = {
    postpone: async (queue, receipt, seconds) => void deeds.postponed.push({ queue, receipt, seconds }),
    takeRequestUnits: () => 0,
    poison: async (queue, message) => void deeds.poisoned.push({ queue, message }),
    ...more,
  };
  return { ...testOpened<AzureCloud>(table, environment, own), deeds };
};

type Registered = { readonly kind: string; readonly name: string; readonly options: { readonly [option: string]: unknown } };

/** An app that keeps what is registered with it, and calls it as the runtime does. */
export const testApp = () => {
  const registered: Registered[] = [];
  const keep =
    (kind: string) =>
    (name: string, options: object): void =>
      void registered.push({ kind, name, options: options as Registered['options'] });
  const app: FunctionApp = {
    setup: (options) => keep('setup')('', options),
    ...{ http: keep('http'), storageQueue: keep('storageQueue'), cosmosDB: keep('cosmosDB'), timer: keep('timer') },
  };
  const call = (name: string, input: unknown, triggerMetadata: object = {}): Promise<unknown> => {
    const found = registered.find((one) => one.name === name);
    if (found === undefined) throw new TypeError(`nothing is called ${name}`);
    const handler = found.options.handler as (input: unknown, context: InvocationContext) => Promise<unknown>;
    return Promise.resolve(handler(input, { triggerMetadata } as InvocationContext));
  };
  return {
    app,
    registered,
    call,
    /** The triggers of a kind, by the names of their functions. */
    names: (kind: string): readonly string[] => registered.filter((one) => one.kind === kind).map(({ name }) => name),
    deliver: (
      queue: string,
      message: unknown,
      { id = 'm', popReceipt, dequeueCount = 1 }: { id?: string; popReceipt?: string; dequeueCount?: number } = {},
    ): Promise<unknown> => {
      const found = registered.find(({ kind, options }) => kind === 'storageQueue' && options.queueName === queue);
      return call(found?.name ?? queue, message, { id, popReceipt: popReceipt ?? `receipt-${id}`, dequeueCount });
    },
    ask: async (url: string, init: RequestInit = {}): Promise<Response> => {
      const [name] = registered.filter(({ kind }) => kind === 'http').map((one) => one.name);
      const { status, headers, body } = (await call(name ?? 'http', new Request(url, init) as unknown as HttpRequest)) as {
        readonly status: number;
        readonly headers: Headers;
        readonly body?: ReadableStream;
      };
      return new Response(body ?? null, { status, headers });
    },
  };
};

/** Everything that an app has which runs these contexts, as its package registers it. */
export const registerAll = (app: FunctionApp, bound: readonly BoundContext[], azure: Azure): void => {
  registerHttp(app, async () => httpApp(bound, azure));
  registerEvents(app, bound, azure);
  registerQueues(app, bound, azure);
  registerSchedules(app, bound, azure);
  registerChanges(app, bound, azure);
  registerDeadLetters(app, azure);
};
