import fc from 'fast-check';
import { expect } from 'vitest';
import { type InMemoryTable, inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import type { CloudEvent } from '../../../domain/kernel/cloud-event.ts';
import { recordedEvent } from '../../../domain/kernel/event-store.ts';
import { tableMeter } from '../../../domain/kernel/meter.ts';
import type { Table } from '../../../domain/kernel/table.ts';
import type { TenantId } from '../../../domain/kernel/tenancy.ts';
import { contexts } from '../../contexts.ts';
import { bootstrapKey, sha256 } from '../../kernel/authentication.ts';
import { testClock } from '../../kernel/test-serving.ts';
import type { BoundContext } from '../bound-context.ts';
import { boundContexts } from '../local-contexts.ts';
import { fragile, type Mishap, mishaps, type Process, processWith } from '../test-mishaps.ts';
import type { DoorbellCloud } from './cloud.ts';
import { testDoorbell, testProgress } from './test-doorbell.ts';

/** What waits in a queue or a subscription, and how often it was delivered. */
type Waiting = { readonly id: string; readonly event: CloudEvent; count: number };

/** What a process is given of its cloud. */
export type Ports = Partial<DoorbellCloud> & { readonly table: (name: string) => Table };

/** How a cloud calls its functions; each call is a process of its own, which `ports` are of. Throws where a delivery is not done. */
export type Calls = {
  readonly ask: (ports: Ports, request: Request) => Promise<Response>;
  /** Rings for partitions of a table. */
  readonly ring: (ports: Ports, table: string, partitions: readonly string[]) => Promise<void>;
  readonly sweep: (ports: Ports) => Promise<void>;
  readonly deliver: (ports: Ports, delivery: { readonly id: string; readonly event: CloudEvent; readonly count: number }) => Promise<void>;
};

export const crashBound: readonly BoundContext[] = boundContexts.filter(({ declaration }) =>
  ['identity', 'billing', 'observability'].includes(declaration.name),
);
const subscribers = crashBound.flatMap(({ declaration }) =>
  Object.keys(declaration.subscribers).map((name) => `${declaration.name}.${name}`),
);
const watched = ['identity.directory', 'billing.accounts', 'billing.usage'];

/** The environment of a process: one queue that every subscriber hears by, and the tables that ring. */
export const crashEnvironment = {
  HYBRID_SUBSCRIPTIONS: JSON.stringify({ queue: subscribers }),
  ...Object.fromEntries(watched.map((name) => [`HYBRID_TABLE_${name.replace('.', '_').toUpperCase()}`, name])),
};

const key = 'hyb_platform_bootstrap_cafe';

/** The platform in memory: what is in tables and queues, and how far was drained, outlives the processes that functions run in. */
const account = (plan: Iterator<Mishap>, calls: Calls) => {
  const tables = new Map<string, InMemoryTable>();
  const table = (name: string): InMemoryTable => {
    const [context, own = ''] = name.split('.');
    const known = tables.get(name) ?? inMemoryTable(contexts.find((one) => one.name === context)?.tables[own]);
    tables.set(name, known);
    return known;
  };
  const clock = testClock();
  const progress = testProgress();
  const doorbell = testDoorbell((name) => table(name).changes(), undefined, progress);
  let queue: Waiting[] = [];
  let [sent, ids] = [0, 0];

  const portsIn = (process: Process): Ports => ({
    table: (name) => fragile<Table>(table(name), process),
    bus: {
      publish: async (events: readonly CloudEvent[]) => {
        for (const event of events) {
          await process.step();
          queue.push({ id: `message-${++sent}`, event, count: 0 });
          await process.step();
        }
      },
    },
    doorbell: {
      ...doorbell,
      reading: (...of) => fragile({ read: doorbell.reading(...of) }, process).read,
      progress: fragile(progress, process),
    },
    clock,
    ids: { next: () => String(++ids).padStart(26, '0') },
    exportWriter: { put: async () => process.step() } as unknown as DoorbellCloud['exportWriter'],
    settled: async (name, partitions) => {
      const settling: string[] = [];
      for await (const partition of partitions) settling.push(partition);
      for (let tries = 0; !(await call((ports) => calls.ring(ports, name, settling).then(() => true))); tries++)
        if (tries > 200) throw new TypeError('it does not settle');
    },
  });

  /** Runs a call in a process of its own; nothing where that has crashed, or the call failed. */
  const call = async <R>(run: (ports: Ports) => Promise<R>): Promise<R | undefined> => {
    const process = processWith(plan.next().value as Mishap);
    const outcome = await run(portsIn(process)).catch(() => undefined);
    return process.isOver() ? undefined : outcome;
  };

  /** Asks until there is an answer that is not ours to be sorry for. */
  const ask = async (method: string, path: string, body: object, idempotencyKey?: string): Promise<number> => {
    const headers = {
      ...{ authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    };
    for (;;) {
      const request = new Request(`https://x.example${path}`, { method, headers, body: JSON.stringify(body) });
      const answer = await call(async (ports) => {
        const response = await calls.ask(ports, request);
        return { status: response.status, text: await response.text() };
      });
      const status = answer?.status ?? 500;
      const { code } = JSON.parse(answer?.text || '{}') as { readonly code?: string };
      if (status < 500 && code !== 'idempotency-in-progress') return status;
      clock.advance(20 * 60_000);
    }
  };

  const readQueue = async (): Promise<boolean> => {
    const [first] = queue;
    if (first === undefined) return false;
    first.count++;
    const done = await call((ports) => calls.deliver(ports, first).then(() => true));
    queue = [...queue.filter((one) => one !== first), ...(done ? [] : [first])];
    return true;
  };

  /** Some bells ring, some do not and some twice; the sweep comes until it has found nothing that failed. */
  const settle = async (): Promise<void> => {
    for (const name of watched) {
      const partitions = table(name)
        .changes()
        .map(({ key: { pk } }) => pk);
      await call((ports) =>
        calls.ring(
          ports,
          name,
          partitions.filter((_pk, at) => at % 2 === 0),
        ),
      );
    }
    do {
      while (!(await call((ports) => calls.sweep(ports).then(() => true))));
    } while (await readAll());
  };
  const readAll = async (): Promise<boolean> => {
    let some = false;
    while (await readQueue()) some = true;
    return some;
  };

  return { table, clock, ask, settle };
};

const latestIn = (table: InMemoryTable) => {
  const latest = new Map(table.changes().map(({ key: { pk, sk }, item }) => [`${pk}\n${sk}`, item]));
  return [...latest.values()].filter((item) => item !== undefined);
};

const terms = { name: 'Basic', currency: 'USD', flatFee: '0', prices: [{ meter: 'inference.requests', model: 'unit', unitPrice: '1' }] };
const used = { acme: 5, zeta: 3 } as const;

/** What has to hold whichever of their steps processes fail or crash at: no event is lost, and each use is billed once. */
export const crashProperty = (calls: Calls) =>
  fc.asyncProperty(mishaps, async (plan) => {
    const on = account(plan, calls);
    await on.table('identity.directory').put({ ...bootstrapKey, secretHash: sha256(key) });
    expect(await on.ask('PUT', '/v1/billing/plans/basic', terms)).toBe(200);
    for (const id of Object.keys(used)) expect(await on.ask('POST', '/v1/tenants', { id }, `tenant-${id}`)).toBe(201);
    await on.settle();
    for (const id of Object.keys(used)) expect(await on.ask('PUT', `/v1/billing/accounts/${id}/subscription`, { plan: 'basic' })).toBe(200);
    let facts = 0;
    const meter = tableMeter(on.table('billing.usage'), on.clock);
    for (const [tenant, count] of Object.entries(used))
      for (let n = 0; n < count; n++) {
        const fact = { tenant: tenant as TenantId, endpoint: 'e', requests: 1, rows: 1, computeMicros: 1 };
        await meter.record({ id: `fact-${++facts}`, ...fact });
      }
    const period = on.clock.now().toISOString().slice(0, 7);
    expect(await on.ask('POST', `/v1/billing/periods/${period}/close`, { force: true }, 'close')).toBe(200);
    await on.settle();

    const events = [...on.table('identity.directory').changes(), ...on.table('billing.accounts').changes()].flatMap(({ item }) =>
      item === undefined ? [] : [recordedEvent(item)?.id].filter((id) => id !== undefined),
    );
    const heard = latestIn(on.table('observability.audit')).map(({ id }) => String(id));
    expect(heard.sort()).toEqual([...events].sort());

    const totals = latestIn(on.table('billing.accounts')).flatMap(({ sk, invoice }) => {
      const { tenantId, total } = (invoice ?? {}) as { readonly tenantId?: string; readonly total?: string };
      return sk.startsWith('invoice#') ? [[tenantId, total]] : [];
    });
    expect(totals.sort()).toEqual([
      ['acme', '5.00'],
      ['zeta', '3.00'],
    ]);
  });
