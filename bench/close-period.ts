/**
 * Closing a month of 1,000,000 usage records, invoices and FOCUS files included, against one of 10,000; and verifying the million against a
 * bare decoding scan of the same stored items. Live heap is taken after a collection, while verifying. One JSON line a result.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { focusWriter } from '../adapters/duckdb/focus-writer.ts';
import { changeStream } from '../adapters/local/change-stream.ts';
import { localObjectStore } from '../adapters/local/object-store.ts';
import { openStore } from '../adapters/local/store.ts';
import { decodeItem } from '../adapters/local/stored-item.ts';
import { kinds, partitionHead } from '../adapters/local/table-keys.ts';
import { ulidIds } from '../adapters/system/ulid-ids.ts';
import { accountAggregate, accountStream } from '../domain/billing/account.ts';
import { type Books, closePeriod } from '../domain/billing/closing.ts';
import { writeExport } from '../domain/billing/focus-export.ts';
import type { Period } from '../domain/billing/period.ts';
import { planAggregate, planStream } from '../domain/billing/plan.ts';
import { foldUsage } from '../domain/billing/rollup.ts';
import { verifyAccount } from '../domain/billing/verification.ts';
import { eventStore, handledOrThrow } from '../domain/kernel/event-store.ts';
import { orReject } from '../domain/kernel/failure.ts';
import { tableMeter, usagePartition, usageShards } from '../domain/kernel/meter.ts';
import { platformTenant, type TenantId } from '../domain/kernel/tenancy.ts';
import { median, report } from './result.ts';

const many = Number(process.env.BENCH_RECORDS ?? 1_000_000);
const few = many / 100;
const rounds = 5;
const period = '2026-10' as Period;
const begins = Date.parse('2026-10-01T00:00:00Z');
const monthMillis = 31 * 24 * 3_600_000;
const tenants = ['acme', 'initech', 'zeta'] as TenantId[];
const by = { id: 'bench' };
const tiers = [
  { upTo: '1000', unitPrice: '0' },
  { upTo: null, unitPrice: '0.0005', flatFee: '2' },
];
const terms = {
  name: 'Growth',
  currency: 'USD',
  flatFee: '49.00',
  prices: [
    { meter: 'inference.requests', model: 'unit', unitPrice: '0.0004' },
    { meter: 'inference.rows', model: 'graduated', tiers },
    { meter: 'inference.compute_seconds', model: 'volume', tiers },
  ],
} as const;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const liveMegabytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 1024 ** 2;
};

const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

/** A platform's billing tables with a month of usage, spread over tenants and hours, folded as the platform folds it. */
const monthOf = async (folder: string, records: number) => {
  let now = new Date('2026-09-15T00:00:00Z');
  const clock = { now: () => now };
  const store = openStore(folder, { clock });
  const ids = ulidIds();
  const table = store.table('accounts', {
    indexes: { directory: { partition: 'directory', sort: 'name' }, ledger: { partition: 'ledger', sort: 'entry' } },
    changes: true,
  });
  const [usage, rollups] = [store.table('usage', { changes: true }), store.table('rollups', {})];
  const folding = changeStream(store, 'usage').subscribe('fold-usage', foldUsage(rollups), { linger: 50 });
  const accounts = { ...table, events: eventStore(table, { clock, ids }) };
  const books: Books = { accounts, usage, rollups, clock, settled: folding.idle };
  const open = async () => {
    handledOrThrow(await accounts.events.handle(planAggregate, planStream('growth'), { type: 'define', id: 'growth', terms }, { by }));
    for (const tenant of tenants) {
      const at = now.toISOString();
      handledOrThrow(
        await accounts.events.handle(accountAggregate, accountStream(tenant), { type: 'open', tenantId: tenant, name: tenant, at }, { by }),
      );
      handledOrThrow(
        await accounts.events.handle(
          accountAggregate,
          accountStream(tenant),
          { type: 'subscribe', tenantId: tenant, plan: 'growth' },
          { by },
        ),
      );
    }
  };
  const meter = tableMeter(usage, clock);
  const use = async () => {
    let writing: Promise<void>[] = [];
    for (let index = 0; index < records; index++) {
      now = new Date(begins + Math.floor((monthMillis * index) / records));
      const tenant = tenants[index % tenants.length] as TenantId;
      writing.push(
        meter.record({
          id: ids.next(),
          tenant,
          endpoint: 'digits',
          requests: 1,
          rows: 1 + (index % 7),
          computeMicros: 180 + (index % 911),
        }),
      );
      if (writing.length < 5000) continue;
      await Promise.all(writing);
      writing = [];
    }
    await Promise.all(writing);
  };
  await open();
  await use();
  await folding.idle();
  now = new Date('2026-11-02T00:00:00Z');
  return { folder, store, usage, books, clock, folding };
};
type Month = Awaited<ReturnType<typeof monthOf>>;

/** Closes the month, or again a month just as it, in the same store: what a close wrote is taken back between rounds. */
const close = async ({ folder, books }: Month): Promise<void> => {
  const exports = localObjectStore({
    folder: join(folder, 'objects'),
    name: 'exports',
    baseUrl: () => '',
    signingKey: Buffer.alloc(32),
    clock: books.clock,
  });
  const publish = () => writeExport({ books, exports, exportWriter: focusWriter() }, platformTenant, period);
  orReject(await closePeriod(books, period, { by, force: false, publish }));
};

const reopen = async ({ books }: Month): Promise<void> => {
  for (const pk of [`platform#period#${period}`, ...tenants.map((tenant) => `${tenant}#account`)]) {
    const { items } = await books.accounts.query(pk);
    for (const item of items) {
      if (item.sk === 'state#account') await books.accounts.put({ ...item, state: { ...(item.state as object), settled: {} }, version: 2 });
      else if (!/^event#account#000000000[12]$/.test(item.sk)) await books.accounts.delete({ pk: item.pk, sk: item.sk });
    }
  }
};

/** Reads and decodes every stored fact, partition after partition, with nothing around it. */
const bareScan = ({ store }: Month): number => {
  const { environment } = store.inner;
  const { id } = store.inner.layout('usage');
  let facts = 0;
  for (const tenant of tenants)
    for (let at = begins; at < begins + monthMillis; at += 3_600_000)
      for (let shard = 0; shard < usageShards; shard++) {
        const start = partitionHead(kinds.item, id, usagePartition(tenant, new Date(at).toISOString().slice(0, 13), shard));
        for (const { value } of environment.getRange({ start, end: Buffer.concat([start, Buffer.from([0xff])]) }))
          if (decodeItem(value).requests === 1) facts++;
      }
  return facts;
};

const verify = async ({ usage, books, clock }: Month, pause: () => Promise<void>): Promise<number> => {
  let facts = 0;
  for (const tenant of tenants) {
    const outcome = await verifyAccount(
      { usage, rollups: books.rollups, settled: books.settled, pause },
      { tenantId: tenant, openedAt: null },
      period,
      clock.now(),
    );
    if (!outcome.agrees) process.stderr.write(`${tenant} does not agree: ${outcome.differences.join(', ')}\n`);
    if (outcome.agrees) facts += outcome.facts;
  }
  return facts;
};

const heapOf = async (month: Month): Promise<number> => {
  let [pauses, peak] = [0, 0];
  await verify(month, async () => {
    pauses++;
    if (pauses % 200 === 0) peak = Math.max(peak, liveMegabytes());
  });
  return peak;
};

const compareClosing = async (large: Month, small: Month): Promise<void> => {
  const [ofLarge, ofSmall]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const times = [await elapsed(() => close(small)), await elapsed(() => close(large))] as const;
    await reopen(small);
    await reopen(large);
    // The first round loads DuckDB.
    if (round === 0) continue;
    ofSmall.push(times[0]);
    ofLarge.push(times[1]);
  }
  const notes = `${median(ofLarge).toFixed(0)} ms for ${many} records, ${median(ofSmall).toFixed(0)} ms for ${few}`;
  report({ name: 'close-period', ratio: median(ofLarge) / median(ofSmall), budget: { max: 1.5 }, notes });
};

const compareVerifying = async (large: Month): Promise<void> => {
  const [verifying, scanning]: [number[], number[]] = [[], []];
  for (let round = 0; round < 3; round++) {
    scanning.push(await elapsed(async () => bareScan(large)));
    verifying.push(await elapsed(() => verify(large, () => setImmediate())));
  }
  const agreed = await verify(large, () => setImmediate());
  const scanned = bareScan(large);
  const notes = `${agreed} of ${scanned} facts agree; scan ${median(scanning).toFixed(0)} ms, verification ${median(verifying).toFixed(0)} ms`;
  report({ name: 'verify-period', ratio: agreed === scanned ? median(scanning) / median(verifying) : 0, budget: { min: 0.5 }, notes });
};

const compareMemory = async (large: Month, small: Month): Promise<void> => {
  const [ofSmall, ofLarge] = [await heapOf(small), await heapOf(large)];
  const notes = `live heap while verifying: ${ofLarge.toFixed(1)} MB with ${many} records, ${ofSmall.toFixed(1)} MB with ${few}`;
  report({ name: 'verify-period-memory', ratio: ofLarge / ofSmall, budget: { max: 1.2 }, notes });
};

const folder = mkdtempSync(join(tmpdir(), 'bench-close-period-'));
try {
  const small = await monthOf(join(folder, 'small'), few);
  const large = await monthOf(join(folder, 'large'), many);
  await compareClosing(large, small);
  await compareVerifying(large);
  await compareMemory(large, small);
  for (const { folding, store } of [small, large]) {
    await folding.stop();
    await store.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
