import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InMemoryTable, inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import type { CloudEvent } from '../../../domain/kernel/cloud-event.ts';
import { recordedEvent } from '../../../domain/kernel/event-store.ts';
import { tableMeter } from '../../../domain/kernel/meter.ts';
import type { Table } from '../../../domain/kernel/table.ts';
import type { TenantId } from '../../../domain/kernel/tenancy.ts';
import { contexts } from '../../contexts.ts';
import { bootstrapKey, sha256 } from '../../kernel/authentication.ts';
import { boundContexts } from '../local-contexts.ts';
import { changesFunction } from './changes-function.ts';
import { eventsFunction } from './events-function.ts';
import { httpFunction } from './http-function.ts';
import { batchOf, calledWith, envelope, httpEvent, messageOf, streamRecord, testLambda } from './test-cloud.ts';

/** What happens to a process at its nth step. */
type Mishap = { readonly at: number; readonly kind: 'crash' | 'fault' };

/** A fault is one call that fails. From a crash on nothing that the process tries has an effect, and nobody hears its answer. */
const processWith = ({ at, kind }: Mishap) => {
  let steps = 0;
  const isOver = () => kind === 'crash' && steps >= at;
  const step = async (): Promise<void> => {
    if (++steps === at || isOver()) throw new TypeError(`${kind} at step ${at}`);
  };
  return { step, isOver };
};
type Process = ReturnType<typeof processWith>;

/** Before or after its effect: a call may have been the last that was done, or the first that was not. */
const fragile = <P extends object>(port: P, { step }: Process): P =>
  new Proxy(port, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return async (...args: readonly unknown[]) => {
        await step();
        const outcome: unknown = await method.apply(target, args);
        await step();
        return outcome;
      };
    },
  });

const bound = boundContexts.filter(({ declaration }) => ['identity', 'billing', 'observability'].includes(declaration.name));
const subscribers = bound.flatMap(({ declaration }) => Object.keys(declaration.subscribers).map((name) => `${declaration.name}.${name}`));
const variable = (table: string): string => `HYBRID_TABLE_${table.replace('.', '_').toUpperCase()}`;
const streamed = ['identity.directory', 'billing.accounts', 'billing.usage'];
const key = 'hyb_platform_bootstrap_cafe';

type Message = { readonly id: string; readonly body: string; count: number };

/** The platform on AWS in memory: what is in tables, streams and queues outlives the processes that functions run in. */
const account = (mishaps: Iterator<Mishap>) => {
  const tables = new Map<string, InMemoryTable>();
  const table = (name: string): InMemoryTable => {
    const [context, own = ''] = name.split('.');
    const known = tables.get(name) ?? inMemoryTable(contexts.find((one) => one.name === context)?.tables[own]);
    tables.set(name, known);
    return known;
  };
  const read = new Map(streamed.map((name) => [name, 0]));
  let queue: Message[] = [];
  let sent = 0;
  const base = testLambda(table);
  let ids = 0;

  const lambdaIn = (process: Process) => {
    const bus = {
      publish: async (events: readonly CloudEvent[]) => {
        for (const event of events) {
          await process.step();
          queue.push({ id: `message-${++sent}`, body: envelope(event), count: 0 });
          await process.step();
        }
      },
    };
    const made = testLambda(
      (name) => fragile<Table>(table(name), process),
      {
        HYBRID_SUBSCRIPTIONS: JSON.stringify({ queue: subscribers }),
        ...Object.fromEntries(streamed.map((name) => [variable(name), name])),
      },
      {
        bus: bus as never,
        clock: base.clock,
        ids: { next: () => String(++ids).padStart(26, '0') },
        exportWriter: { put: async () => process.step() },
        settled: async (name, partitions) => {
          for await (const _partition of partitions);
          while (await readStream(name));
        },
        postpone: async () => process.step(),
      },
    );
    return made;
  };

  /** Runs a function in a process of its own; nothing where that has crashed. */
  const call = async <R>(run: (lambda: ReturnType<typeof lambdaIn>) => Promise<R>): Promise<R | undefined> => {
    const process = processWith(mishaps.next().value);
    const outcome = await run(lambdaIn(process)).catch(() => undefined);
    return process.isOver() ? undefined : outcome;
  };

  /** Asks until there is an answer that is not ours to be sorry for. */
  const ask = async (method: string, path: string, body?: object, idempotencyKey?: string): Promise<number> => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    };
    const event = httpEvent(method, path, { headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    for (;;) {
      const answer = await call((lambda) => httpFunction(bound, lambda)(event, calledWith()));
      const status = answer?.statusCode ?? 500;
      const code = (JSON.parse(answer?.body ?? '{}') as { readonly code?: string }).code;
      if (status < 500 && code !== 'idempotency-in-progress') return status;
      // No claim lasts longer than a gateway waits.
      base.clock.advance(30_000);
    }
  };

  /** Hands over some changes of a stream, as Lambda does: from the first that was not handled. False where there is none. */
  const readStream = async (name: string): Promise<boolean> => {
    const from = read.get(name) ?? 0;
    const batch = table(name)
      .changes()
      .slice(from, from + 4);
    if (batch.length === 0) return false;
    const Records = batch.map((change) => streamRecord(name, change));
    const outcome = await call((lambda) => changesFunction(bound, lambda)({ Records }, calledWith()));
    const first = outcome?.batchItemFailures[0]?.itemIdentifier;
    const handled = outcome === undefined ? 0 : first === undefined ? batch.length : batch.findIndex(({ sequence }) => sequence === first);
    read.set(name, from + handled);
    return true;
  };

  const readQueue = async (): Promise<boolean> => {
    const batch = queue.slice(0, 3);
    if (batch.length === 0) return false;
    for (const message of batch) message.count++;
    const records = batch.map(({ id, body, count }) => messageOf('queue', id, body, count));
    const outcome = await call((lambda) => eventsFunction(bound, lambda)(batchOf(...records), calledWith()));
    const again = new Set(outcome?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? batch.map(({ id }) => id));
    queue = [...queue.filter((message) => !batch.includes(message)), ...batch.filter(({ id }) => again.has(id))];
    return true;
  };

  const settle = async (): Promise<void> => {
    for (let busy = true; busy; ) {
      busy = await readQueue();
      for (const name of streamed) busy = (await readStream(name)) || busy;
    }
  };

  return { table, clock: base.clock, ask, settle };
};

const everything = async (table: InMemoryTable) => {
  const latest = new Map(table.changes().map(({ key: { pk, sk }, item }) => [`${pk}\n${sk}`, item]));
  return [...latest.values()].filter((item) => item !== undefined);
};

/** Many at once, some late or not at all: a message takes four steps, a request about twenty. */
const step = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) }, { weight: 2, arbitrary: fc.integer({ min: 10, max: 60 }) });
const mishap = fc.record({ at: step, kind: fc.constantFrom('crash' as const, 'fault' as const) });
const none = fc.constant<Mishap>({ at: Number.POSITIVE_INFINITY, kind: 'fault' });
/** One for each process in turn. */
const plan = fc.infiniteStream(fc.oneof(mishap, none));

const terms = { name: 'Basic', currency: 'USD', flatFee: '0', prices: [{ meter: 'inference.requests', model: 'unit', unitPrice: '1' }] };
const used = { acme: 5, zeta: 3 } as const;

describe('the functions of the platform, whichever of their steps they fail or crash at', () => {
  it('lose no event and bill each use once', () =>
    fc.assert(
      fc.asyncProperty(plan, async (mishaps) => {
        const on = account(mishaps);
        await on.table('identity.directory').put({ ...bootstrapKey, secretHash: sha256(key) });
        expect(await on.ask('PUT', '/v1/billing/plans/basic', terms)).toBe(200);
        for (const id of Object.keys(used)) expect(await on.ask('POST', '/v1/tenants', { id }, `tenant-${id}`)).toBe(201);
        await on.settle();
        for (const id of Object.keys(used))
          expect(await on.ask('PUT', `/v1/billing/accounts/${id}/subscription`, { plan: 'basic' })).toBe(200);
        let facts = 0;
        const meter = tableMeter(on.table('billing.usage'), on.clock);
        for (const [tenant, count] of Object.entries(used))
          for (let n = 0; n < count; n++)
            await meter.record({
              id: `fact-${++facts}`,
              tenant: tenant as TenantId,
              endpoint: 'e',
              requests: 1,
              rows: 1,
              computeMicros: 1,
            });
        const period = on.clock.now().toISOString().slice(0, 7);
        expect(await on.ask('POST', `/v1/billing/periods/${period}/close`, { force: true }, 'close')).toBe(200);
        await on.settle();

        const events = [...on.table('identity.directory').changes(), ...on.table('billing.accounts').changes()].flatMap(({ item }) =>
          item === undefined ? [] : [recordedEvent(item)?.id].filter((id) => id !== undefined),
        );
        const heard = (await everything(on.table('observability.audit'))).map(({ id }) => String(id));
        expect(heard.sort()).toEqual([...events].sort());

        const invoices = (await everything(on.table('billing.accounts'))).flatMap(({ sk, invoice }) =>
          sk.startsWith('invoice#') ? [invoice] : [],
        );
        const totals = invoices.map((invoice) => [(invoice as { tenantId: string }).tenantId, (invoice as { total: string }).total]).sort();
        expect(totals).toEqual([
          ['acme', '5.00'],
          ['zeta', '3.00'],
        ]);
      }),
      { numRuns: 40 },
    ));
});
