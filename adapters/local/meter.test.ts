import { join } from 'node:path';
import { parseUsagePartition, tableMeter, type UsageFact, usagePartition, usageShards } from '../../domain/kernel/meter.ts';
import type { Item } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { settableClock } from '../conformance/harness.ts';
import { meterConformance } from '../conformance/meter.ts';
import { type PutJournal, putJournal } from './put-journal.ts';
import { temporaryStore } from './test-store.ts';

const clock = settableClock(new Date('2026-11-30T23:59:59.000Z'));
const declaration = { changes: true };

const factOf = ({ pk, sk, endpoint, requests, rows, computeMicros }: Item): UsageFact =>
  ({ id: sk, tenant: parseUsagePartition(pk)?.tenant as TenantId, endpoint, requests, rows, computeMicros }) as UsageFact;

const laptop = () => {
  const temporary = temporaryStore(clock);
  const table = () => temporary.store().table('usage', declaration);
  const factsOf = async (tenant: string): Promise<UsageFact[]> => {
    const shards = Array.from({ length: usageShards }, (_, shard) => usagePartition(tenant, '2026-11-30T23', shard));
    return (await Promise.all(shards.map((pk) => table().query(pk, {}, { limit: 1000 })))).flatMap(({ items }) => items.map(factOf));
  };
  const facts = async () => [...(await factsOf('acme')), ...(await factsOf('beta'))];
  return { temporary, table, facts };
};

meterConformance('the laptop', async () => {
  const { temporary, table, facts } = laptop();
  const left: PutJournal[] = [];
  const openJournal = () => {
    const life = { ended: false };
    const putNew = async (items: readonly Item[]): Promise<void> => {
      if (life.ended) throw new Error('this process is dead');
      await table().putNew(items);
    };
    const journal = putJournal({ folder: join(temporary.folder, 'journal'), table: { putNew }, onFailure: () => undefined });
    return { ...journal, life };
  };
  let journal = openJournal();
  return {
    meter: () => tableMeter({ put: journal.put }, clock),
    async crash() {
      journal.life.ended = true;
      left.push(journal);
      await temporary.reopen();
      journal = openJournal();
    },
    settled: () => journal.drained(),
    facts,
    async dispose() {
      await journal.close();
      for (const one of left) await one.close().catch(() => undefined);
      await temporary.dispose();
    },
  };
});

meterConformance('a table alone', async () => {
  const { temporary, table, facts } = laptop();
  return {
    meter: () => tableMeter(table(), clock),
    crash: async () => void (await temporary.reopen()),
    settled: async () => undefined,
    facts,
    dispose: () => temporary.dispose(),
  };
});
