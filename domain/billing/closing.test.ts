import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { eventStore, handledOrThrow } from '../kernel/event-store.ts';
import { failed, Rejected } from '../kernel/failure.ts';
import { parseUsagePartition, tableMeter, usagePartition, usageShards } from '../kernel/meter.ts';
import type { Change, Item, Table } from '../kernel/table.ts';
import type { TenantId } from '../kernel/tenancy.ts';
import { accountAggregate, accountStream } from './account.ts';
import { closePeriod, invoicesOf } from './closing.ts';
import type { Invoice } from './invoice.ts';
import { nextPeriod, type Period } from './period.ts';
import { planAggregate, planStream } from './plan.ts';
import { previewInvoice } from './preview.ts';
import { foldUsage } from './rollup.ts';
import { unfoldedPartitions } from './unfolded.ts';
import { verifyAccount } from './verification.ts';

const [acme, zeta] = ['acme', 'zeta'] as [TenantId, TenantId];
const november = '2026-11' as Period;
const december = nextPeriod(november);
const by = { id: 'key:admin' };
const basic = {
  name: 'Basic',
  currency: 'USD',
  flatFee: '10',
  prices: [{ meter: 'inference.requests', model: 'unit', unitPrice: '0.5' }],
} as const;

const business = () => {
  let now = new Date('2026-11-10T00:00:00Z');
  let number = 0;
  const waitedFor: string[] = [];
  const clock = { now: () => now };
  const table = inMemoryTable({
    indexes: { directory: { partition: 'directory', sort: 'name' }, ledger: { partition: 'ledger', sort: 'entry' } },
  });
  const [usage, rollups] = [inMemoryTable(), inMemoryTable()];
  const ids = { next: () => `id-${String(number++).padStart(6, '0')}` };
  const accounts = { ...table, events: eventStore(table, { clock, ids }) };
  // As on a cloud: what is a day old was folded by itself; of the rest, who does not name a partition does not wait for it.
  const delivered = new Set<Change>();
  const fold = async (isMeant: (partition: string) => boolean) => {
    const batch = usage.changes().filter((change) => !delivered.has(change) && isMeant(change.key.pk));
    await foldUsage(rollups)(batch);
    for (const change of batch) delivered.add(change);
  };
  const settled = async (partitions: AsyncIterable<string>) => {
    const dayAgo = new Date(now.getTime() - 86_400_000).toISOString().slice(0, 13);
    await fold((partition) => (parseUsagePartition(partition)?.hour ?? '') < dayAgo);
    for await (const named of partitions) {
      waitedFor.push(named);
      await fold((partition) => partition === named);
    }
  };
  const books = { accounts, usage, rollups, clock, settled };
  const meter = tableMeter(usage, clock);
  const open = async (tenant: TenantId, plan?: string) => {
    const command = { type: 'open', tenantId: tenant, name: tenant, at: now.toISOString() } as const;
    handledOrThrow(await accounts.events.handle(accountAggregate, accountStream(tenant), command, { by }));
    if (plan !== undefined)
      handledOrThrow(
        await accounts.events.handle(accountAggregate, accountStream(tenant), { type: 'subscribe', tenantId: tenant, plan }, { by }),
      );
  };
  return {
    books,
    usage,
    rollups,
    table,
    open,
    waitedFor,
    settle: () =>
      settled(
        unfoldedPartitions(
          books,
          [acme, zeta].map((tenantId) => ({ tenantId, openedAt: null })),
        ),
      ),
    at: (time: string) => {
      now = new Date(time);
    },
    plan: async (terms: object = basic) =>
      handledOrThrow(
        await accounts.events.handle(
          planAggregate,
          planStream('basic'),
          { type: 'define', id: 'basic', terms: terms as typeof basic },
          { by },
        ),
      ),
    use: async (tenant: TenantId, requests: number) => {
      for (let i = 0; i < requests; i++)
        await meter.record({ id: ids.next(), tenant, endpoint: 'digits', requests: 1, rows: 3, computeMicros: 250 });
    },
    close: (period: Period, options: { force?: boolean; publish?: () => Promise<void>; accounts?: Table } = {}) =>
      closePeriod(
        {
          ...books,
          accounts:
            options.accounts === undefined ? accounts : { ...options.accounts, events: eventStore(options.accounts, { clock, ids }) },
        },
        period,
        {
          by,
          force: options.force ?? false,
          publish: options.publish ?? (async () => undefined),
        },
      ),
    invoices: async (period: Period) => {
      const found: Invoice[] = [];
      for await (const invoice of invoicesOf(books, period)) found.push(invoice);
      return found;
    },
  };
};

describe('closing a period', () => {
  it('waits for those partitions only that hold facts of its last day', async () => {
    const it = business();
    await it.open(acme);
    await it.open(zeta);
    for (const [time, tenant] of [
      ['2026-11-29T23:59:59Z', acme],
      ['2026-11-30T01:00:00Z', acme],
      ['2026-11-30T23:59:59Z', zeta],
      ['2026-12-01T00:00:00Z', zeta],
    ] as const) {
      it.at(time);
      await it.use(tenant, 1);
    }
    it.at('2026-12-01T01:00:00Z');
    await it.close(november);
    expect(it.waitedFor.map((partition) => partition.slice(0, -2))).toEqual(['acme#usage#2026-11-30T01', 'zeta#usage#2026-11-30T23']);
  });
  it('waits for nothing once the period is over for more than a day', async () => {
    const it = business();
    await it.open(acme);
    it.at('2026-11-30T23:59:59Z');
    await it.use(acme, 1);
    it.at('2026-12-02T01:00:00Z');
    await it.close(november);
    expect(it.waitedFor).toEqual([]);
  });
  it('folds what is still to be folded and issues an invoice to every subscriber', async () => {
    const it = business();
    await it.plan();
    await it.open(acme, 'basic');
    await it.open(zeta);
    await it.use(acme, 4);
    await it.use(zeta, 2);
    it.at('2026-12-01T01:00:00Z');
    expect(await it.close(november)).toEqual({ status: 'closed' });
    expect(await it.invoices(november)).toMatchObject([
      {
        id: 'inv_acme_2026-11',
        total: '12.00',
        lines: [
          { meter: null, amount: '10.00' },
          { quantity: '4', amount: '2.00' },
        ],
      },
    ]);
  });
  it('changes nothing when it is done again', async () => {
    const it = business();
    await it.plan();
    await it.open(acme, 'basic');
    it.at('2026-12-01T01:00:00Z');
    await it.close(november);
    const before = [it.table.changes().length, await it.invoices(november)];
    it.at('2026-12-03T01:00:00Z');
    expect(await it.close(november)).toEqual({ status: 'closed' });
    expect([it.table.changes().length, await it.invoices(november)]).toEqual(before);
  });
  it('prices the whole month by the plan in force then', async () => {
    const it = business();
    await it.plan();
    await it.open(acme, 'basic');
    await it.use(acme, 2);
    await it.plan({ ...basic, flatFee: '20' });
    it.at('2026-12-01T01:00:00Z');
    await it.close(november);
    expect(await it.invoices(november)).toMatchObject([{ total: '21.00', plan: { version: 2 } }]);
  });
  it('never bills usage of a month without a subscription', async () => {
    const it = business();
    await it.plan();
    await it.open(acme);
    await it.use(acme, 5);
    it.at('2026-12-01T01:00:00Z');
    await it.close(november);
    await it.open(acme, 'basic');
    await it.use(acme, 1);
    it.at('2027-01-01T01:00:00Z');
    await it.close(december);
    expect(await it.invoices(december)).toMatchObject([{ total: '10.50' }]);
  });
  it('by force bills what happened so far, and the rest with the next period', async () => {
    const it = business();
    await it.plan();
    await it.open(acme, 'basic');
    await it.use(acme, 4);
    await it.close(november, { force: true });
    await it.use(acme, 3);
    it.at('2026-12-15T00:00:00Z');
    await it.use(acme, 2);
    it.at('2027-01-01T01:00:00Z');
    await it.close(december);
    expect([(await it.invoices(november))[0]?.total, (await it.invoices(december))[0]?.total]).toEqual(['12.00', '12.50']);
  });
  it('bills with the next period what was used by a tenant that came after a close by force', async () => {
    const it = business();
    await it.plan();
    await it.close(november, { force: true });
    await it.open(acme, 'basic');
    await it.use(acme, 6);
    it.at('2027-01-01T01:00:00Z');
    await it.close(december);
    expect(await it.invoices(december)).toMatchObject([{ total: '13.00' }]);
  });
  it('bills usage that comes in just after the month once, with the next period', async () => {
    const it = business();
    await it.plan();
    await it.open(acme, 'basic');
    it.at('2026-12-01T00:00:00Z');
    await it.close(november);
    it.at('2026-11-30T23:59:59Z');
    await it.use(acme, 2);
    it.at('2027-01-01T01:00:00Z');
    await it.close(december);
    expect(await it.invoices(december)).toMatchObject([{ total: '11.00' }]);
  });
  it('issues nothing for a time before the tenant was there', async () => {
    const it = business();
    await it.plan();
    await it.open(acme, 'basic');
    await it.close('2026-10' as Period);
    expect(await it.invoices('2026-10' as Period)).toEqual([]);
  });
  it('is refused while the period runs', async () =>
    expect(await business().close(november)).toMatchObject({ failure: 'conflict', code: 'period-not-over' }));

  it('can break off at any write and be taken up again, and bills the same', async () => {
    for (let writesBeforeCrash = 0; ; writesBeforeCrash++) {
      const it = business();
      await it.plan();
      for (const tenant of [acme, zeta]) {
        await it.open(tenant, 'basic');
        await it.use(tenant, 4);
      }
      it.at('2026-12-01T01:00:00Z');
      let left = writesBeforeCrash;
      const crash = () => Promise.reject(new Rejected(failed('unavailable', 'crashed', 'The process died.')));
      const failing = {
        ...it.table,
        transact: (pk: string, writes: Parameters<Table['transact']>[1]) => (left-- > 0 ? it.table.transact(pk, writes) : crash()),
      };
      const broken = await it.close(november, { accounts: failing }).catch(() => 'crashed');
      expect(await it.close(november)).toEqual({ status: 'closed' });
      expect((await it.invoices(november)).map(({ total }) => total)).toEqual(['12.00', '12.00']);
      if (broken !== 'crashed') return;
    }
  });
  it('is not closed before its export is published', async () => {
    const it = business();
    const publish = () => Promise.reject(new Rejected(failed('storage-full', 'storage-full', 'The disk is full.')));
    it.at('2026-12-01T01:00:00Z');
    await expect(it.close(november, { publish })).rejects.toThrow(Rejected);
    let published = 0;
    await it.close(november, {
      publish: async () => {
        published++;
      },
    });
    expect(published).toBe(1);
  });
});

describe('a preview', () => {
  it('is the invoice as it would be now', async () => {
    const it = business();
    await it.plan();
    await it.open(acme, 'basic');
    await it.use(acme, 4);
    await it.settle();
    expect(await previewInvoice(it.books, acme)).toMatchObject({ status: 'preview', period: november, total: '12.00' });
  });
  it('is of the next period once the running one is closed', async () => {
    const it = business();
    await it.plan();
    await it.open(acme, 'basic');
    await it.use(acme, 4);
    await it.close(november, { force: true });
    await it.use(acme, 2);
    await it.settle();
    expect(await previewInvoice(it.books, acme)).toMatchObject({ period: december, total: '11.00' });
  });
  it('is not to be had without a plan', async () => {
    const it = business();
    await it.open(acme);
    expect(await previewInvoice(it.books, acme)).toMatchObject({ code: 'subscription-not-found' });
  });
});

describe('verifying a period', () => {
  const verified = async (tamper: (it: ReturnType<typeof business>) => Promise<unknown>) => {
    const it = business();
    await it.use(acme, 9);
    await it.settle();
    await tamper(it);
    const outcome = await verifyAccount(
      { usage: it.usage, rollups: it.rollups, settled: it.books.settled, pause: async () => undefined },
      { tenantId: acme, openedAt: null },
      november,
      it.books.clock.now(),
    );
    return { agrees: outcome.agrees, facts: outcome.facts, differences: outcome.differences.length };
  };
  const firstOf = async (table: Table, pk: string): Promise<Item> => {
    const [item] = (await table.query(pk)).items;
    return item ?? expect.unreachable(`nothing in ${pk}`);
  };
  it('agrees where every fact was folded once', async () =>
    expect(await verified(async () => undefined)).toEqual({ agrees: true, facts: 9, differences: 0 }));
  it('counts facts that came since', async () =>
    expect(await verified((it) => it.use(acme, 2))).toEqual({ agrees: true, facts: 11, differences: 0 }));
  it('reads nothing from before the account was opened', async () => {
    const it = business();
    it.at('2026-11-30T12:00:00Z');
    await it.use(acme, 3);
    const read: string[] = [];
    const usage: Table = { ...it.usage, query: (pk, ...more) => (read.push(pk) > 0 ? it.usage.query(pk, ...more) : expect.unreachable()) };
    const ports = { usage, rollups: it.rollups, settled: it.books.settled, pause: async () => undefined };
    const outcome = await verifyAccount(ports, { tenantId: acme, openedAt: '2026-11-30T11:59:59.000Z' }, november, it.books.clock.now());
    expect([outcome.facts, outcome.agrees]).toEqual([3, true]);
    expect(new Set(read.map((pk) => pk.slice(0, -2)))).toEqual(new Set(['acme#usage#2026-11-30T11', 'acme#usage#2026-11-30T12']));
  });
  it('counts no mark that a cloud put among them', async () =>
    expect(
      await verified(async ({ usage }) => {
        for (let shard = 0; shard < usageShards; shard++) {
          const marked = usagePartition(acme, '2026-11-30T12', shard);
          await usage.put({ pk: marked, sk: '~settled#1', expiresAt: 4_000_000_000 });
        }
      }),
    ).toEqual({ agrees: true, facts: 9, differences: 0 }));
  it('finds a roll-up that counted one thing too many', async () =>
    expect(
      await verified(async ({ rollups }) => {
        const item = await firstOf(rollups, 'acme#rollup#2026-11');
        await rollups.put({ ...item, rows: Number(item.rows) + 1 });
      }),
    ).toEqual({ agrees: false, facts: 9, differences: 1 }));
  it('finds a fact that is in no roll-up', async () =>
    expect(
      await verified(async ({ rollups }) => {
        const { pk, sk } = await firstOf(rollups, 'acme#rollup#2026-11');
        await rollups.delete({ pk, sk });
      }),
    ).toMatchObject({ agrees: false, differences: 1 }));
});
