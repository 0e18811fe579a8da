import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { focusWriter } from '../../adapters/duckdb/focus-writer.ts';
import { localObjectStore } from '../../adapters/local/object-store.ts';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { eventStore } from '../../domain/kernel/event-store.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { JsonObject } from '../../domain/kernel/json.ts';
import { tableMeter } from '../../domain/kernel/meter.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import type { RouteDeclaration } from '../kernel/context.ts';
import { grant } from '../kernel/grants.ts';
import type { Answer, AnyHandler } from '../kernel/handler.ts';
import { toCloudEvent } from '../kernel/publish.ts';
import { billing } from './context.ts';
import { foldUsage } from './fold-usage.ts';
import { handlers, subscribers } from './handlers.ts';

const routes = billing.routes as unknown as { readonly [key: string]: RouteDeclaration };
const plan = { name: 'Basic', currency: 'USD', flatFee: '10', prices: [{ meter: 'inference.requests', model: 'unit', unitPrice: '0.5' }] };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'billing-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The context's functions with the grants they declare, on tables in memory. */
const platform = () => {
  let number = 0;
  let folded = 0;
  const clock = { now: () => new Date('2026-11-10T12:00:00Z') };
  const ids = { next: () => `id-${String(number++).padStart(6, '0')}` };
  const table = inMemoryTable(billing.tables.accounts);
  const [usage, rollups, turns] = [inMemoryTable(), inMemoryTable(), inMemoryTable()];
  const ports = {
    ...{ clock, ids, usage, rollups, turns, exportWriter: focusWriter() },
    accounts: { ...table, events: eventStore(table, { clock, ids }) },
    exports: localObjectStore({ folder, name: 'exports', baseUrl: () => '', signingKey: Buffer.alloc(32), clock }),
    settled: async () => {
      await foldUsage(usage.changes().slice(folded), { rollups: rollups as never });
      folded = usage.changes().length;
    },
  };
  const call = async (
    tenant: string,
    key: string,
    { params = {}, query = {}, body }: { params?: object; query?: object; body?: unknown } = {},
  ) => {
    const route = routes[key] ?? expect.unreachable(key);
    const handle = handlers[route.does as keyof typeof handlers] as unknown as (request: unknown, ports: unknown) => ReturnType<AnyHandler>;
    const parsed = {
      params,
      query: { limit: 100, granularity: 'hour', ...query },
      body,
      principal: { tenant, id: `key:${tenant}`, roles: ['admin'] },
      traceparent: '',
    };
    const answer = await handle(parsed, grant(ports, route.uses));
    return isFailure(answer) ? { code: answer.code } : answer;
  };
  const join_ = (tenant: string) => {
    const event = { data: { tenant, name: `The ${tenant}`, createdAt: '2026-11-01T00:00:00.000Z' } } as unknown as CloudEvent<JsonObject>;
    return subscribers['tenant-created'](event, ports as never);
  };
  return {
    call,
    join: join_,
    table,
    definePlan: () => call('platform', 'PUT /v1/billing/plans/{id}', { params: { id: 'basic' }, body: plan }),
    subscribe: (tenantId: string, id = 'basic') =>
      call('platform', 'PUT /v1/billing/accounts/{tenantId}/subscription', { params: { tenantId }, body: { plan: id } }),
    use: (tenant: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, () =>
          tableMeter(usage, clock).record({
            id: ids.next(),
            tenant: tenant as TenantId,
            endpoint: 'e',
            requests: 1,
            rows: 2,
            computeMicros: 1_000_000,
          }),
        ),
      ),
    close: (force: boolean) =>
      call('platform', 'POST /v1/billing/periods/{period}/close', { params: { period: '2026-11' }, body: { force } }),
    settled: ports.settled,
  };
};

const business = async () => {
  const on = platform();
  await on.definePlan();
  for (const tenant of ['acme', 'zeta']) {
    await on.join(tenant);
    await on.subscribe(tenant);
    await on.use(tenant, 4);
  }
  return on;
};
const bodyOf = (answer: Answer | { code: string }) => ('status' in answer ? answer.body : answer);
const textOf = async (answer: Answer | { code: string }): Promise<string> =>
  'stream' in answer ? new Response(answer.stream as ReadableStream).text() : JSON.stringify(answer);

describe('plans and subscriptions', () => {
  it('are shown as they were defined', async () => {
    const on = await business();
    expect(bodyOf(await on.call('acme', 'GET /v1/billing/plans/{id}', { params: { id: 'basic' } }))).toEqual({ id: 'basic', ...plan });
    expect(bodyOf(await on.call('acme', 'GET /v1/billing/plans'))).toEqual({ data: [{ id: 'basic', ...plan }], next: null });
    expect(bodyOf(await on.call('acme', 'GET /v1/billing/accounts/{tenantId}/subscription', { params: { tenantId: 'acme' } }))).toEqual({
      plan: 'basic',
    });
  });
  it('cannot be found where there are none', async () => {
    const on = await business();
    await on.join('free');
    expect(await on.call('acme', 'GET /v1/billing/plans/{id}', { params: { id: 'none' } })).toEqual({ code: 'plan-not-found' });
    expect(await on.call('platform', 'GET /v1/billing/accounts/{tenantId}/subscription', { params: { tenantId: 'free' } })).toEqual({
      code: 'subscription-not-found',
    });
    expect(await on.call('platform', 'GET /v1/billing/accounts/{tenantId}/subscription', { params: { tenantId: 'nobody' } })).toEqual({
      code: 'account-not-found',
    });
  });
  it('are hidden from other tenants', async () =>
    expect(
      await (await business()).call('acme', 'GET /v1/billing/accounts/{tenantId}/subscription', { params: { tenantId: 'zeta' } }),
    ).toEqual({ code: 'account-not-found' }));
  it('name a plan that exists, of a tenant that exists', async () => {
    const on = await business();
    expect(await on.subscribe('acme', 'none')).toEqual({ code: 'unknown-plan' });
    expect(await on.subscribe('nobody')).toEqual({ code: 'account-not-found' });
    expect(await on.subscribe('Not a tenant')).toEqual({ code: 'account-not-found' });
  });
  it('wait for the account of a tenant that was just created', async () => {
    const on = platform();
    await on.definePlan();
    const subscribing = on.subscribe('acme');
    await on.join('acme');
    expect(bodyOf(await subscribing)).toEqual({ plan: 'basic' });
  });
});

describe('usage', () => {
  it("is the tenant's own", async () => {
    const on = await business();
    await on.settled();
    const shown = bodyOf(await on.call('acme', 'GET /v1/usage', { query: { granularity: 'day' } }));
    const day = { tenantId: 'acme', from: '2026-11-10T00:00:00Z', to: '2026-11-11T00:00:00Z' };
    expect(shown).toEqual({
      data: [
        { ...day, meter: 'inference.requests', value: '4' },
        { ...day, meter: 'inference.rows', value: '8' },
        { ...day, meter: 'inference.compute_seconds', value: '4' },
      ],
      next: null,
    });
  });
});

describe('closing', () => {
  const summary = (tenantId: string) => ({ id: `inv_${tenantId}_2026-11`, tenantId, currency: 'USD', total: '12.00' });
  it('answers the same when it is asked for again', async () => {
    const on = await business();
    const closed = { period: '2026-11', status: 'closed', invoices: [summary('acme'), summary('zeta')] };
    expect(bodyOf(await on.close(true))).toEqual(closed);
    expect(bodyOf(await on.close(false))).toEqual(closed);
  });
  it('refuses the running period unless forced', async () =>
    expect(await (await business()).close(false)).toEqual({ code: 'period-not-over' }));
  it('is verified from the facts', async () => {
    const on = await business();
    const answer = bodyOf(await on.call('platform', 'GET /v1/billing/periods/{period}/verification', { params: { period: '2026-11' } }));
    expect(answer).toMatchObject({ agrees: true, facts: 8, tenants: [{ tenantId: 'acme', facts: 4 }, { tenantId: 'zeta' }] });
  });
  it('says nothing that the event types do not', async () => {
    const on = await business();
    await on.close(true);
    const types = new Map(billing.publishes.map((type) => [type.name as string, type]));
    const said = on.table.changes().flatMap(({ item }) => (item === undefined ? [] : [toCloudEvent(types, item)?.type.split('.')[3]]));
    expect(new Set(said.filter((name) => name !== undefined))).toEqual(new Set(types.keys()));
  });
});

describe('invoices', () => {
  const invoices = async () => {
    const on = await business();
    await on.close(true);
    return on;
  };
  it("are a tenant's own, and the platform's all", async () => {
    const on = await invoices();
    const idsOf = async (tenant: string) =>
      (bodyOf(await on.call(tenant, 'GET /v1/invoices')) as { data: { id: string }[] }).data.map(({ id }) => id);
    expect([await idsOf('acme'), await idsOf('platform')]).toEqual([['inv_acme_2026-11'], ['inv_acme_2026-11', 'inv_zeta_2026-11']]);
  });
  it('are shown by id to whom they belong', async () => {
    const on = await invoices();
    const get = (tenant: string, id: string) => on.call(tenant, 'GET /v1/invoices/{id}', { params: { id } });
    expect(bodyOf(await get('acme', 'inv_acme_2026-11'))).toMatchObject({
      total: '12.00',
      status: 'issued',
      lines: [{ meter: null }, { meter: 'inference.requests', quantity: '4', amount: '2.00' }],
    });
    expect(bodyOf(await get('platform', 'inv_zeta_2026-11'))).toMatchObject({ tenantId: 'zeta' });
    expect([await get('acme', 'inv_zeta_2026-11'), await get('acme', 'nonsense')]).toEqual([
      { code: 'invoice-not-found' },
      { code: 'invoice-not-found' },
    ]);
  });
  it('are previewed with what was used until now', async () =>
    expect(bodyOf(await (await business()).call('acme', 'GET /v1/invoices/preview'))).toMatchObject({
      status: 'preview',
      issuedAt: null,
      total: '12.00',
    }));
});

describe('FOCUS exports', () => {
  const get = (on: Awaited<ReturnType<typeof business>>, tenant: string, file: string) =>
    on.call(tenant, 'GET /v1/exports/focus/{file}', { params: { file } });
  it('are there once the period is closed', async () => {
    const on = await business();
    expect(await get(on, 'acme', '2026-11.csv')).toEqual({ code: 'export-not-found' });
    await on.close(true);
    expect(await get(on, 'acme', '2026-11.csv')).toMatchObject({ status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' } });
    expect(await get(on, 'acme', '2026-11.xlsx')).toEqual({ code: 'export-not-found' });
  });
  it("hold a tenant's own rows, and the platform's all", async () => {
    const on = await business();
    await on.close(true);
    const [own, all] = [await textOf(await get(on, 'acme', '2026-11.csv')), await textOf(await get(on, 'platform', '2026-11.csv'))];
    expect([own.includes('acme'), own.includes('zeta'), all.includes('acme'), all.includes('zeta')]).toEqual([true, false, true, true]);
  });
  it('are Parquet where that is asked for', async () => {
    const on = await business();
    await on.close(true);
    expect((await textOf(await get(on, 'acme', '2026-11.parquet'))).slice(0, 4)).toBe('PAR1');
  });
});
