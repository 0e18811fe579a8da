import { parseUsagePartition, tableMeter, type UsageFact, usagePartition, usageShards } from '../../domain/kernel/meter.ts';
import type { Item } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { settableClock } from '../conformance/harness.ts';
import { meterConformance } from '../conformance/meter.ts';
import { cosmosTable } from './table.ts';
import { startCosmosUnderTest } from './test-cosmos.ts';

const clock = settableClock(new Date('2026-11-30T23:59:59.000Z'));

const factOf = ({ pk, sk, endpoint, requests, rows, computeMicros }: Item): UsageFact =>
  ({ id: sk, tenant: parseUsagePartition(pk)?.tenant as TenantId, endpoint, requests, rows, computeMicros }) as UsageFact;

meterConformance('fakes of Azure', async () => {
  const cosmos = await startCosmosUnderTest(clock, 2);
  const place = cosmos.place({});
  const open = () => cosmosTable({ place, declaration: { changes: true }, client: cosmos.client, clock });
  let table = open();
  const factsOf = async (tenant: string): Promise<UsageFact[]> => {
    const shards = Array.from({ length: usageShards }, (_, shard) => usagePartition(tenant, '2026-11-30T23', shard));
    return (await Promise.all(shards.map((pk) => table.query(pk, {}, { limit: 1000 })))).flatMap(({ items }) => items.map(factOf));
  };
  return {
    meter: () => tableMeter(table, clock),
    // Nothing of it lives in a process.
    async crash() {
      table = open();
    },
    settled: async () => undefined,
    facts: async () => [...(await factsOf('acme')), ...(await factsOf('beta'))],
    dispose: cosmos.close,
  };
});
