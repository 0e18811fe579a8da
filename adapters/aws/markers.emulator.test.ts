import { describe, expect, it } from 'vitest';
import { foldUsage } from '../../domain/billing/rollup.ts';
import { parseUsagePartition, tableMeter, type UsageFact } from '../../domain/kernel/meter.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { rejection } from '../conformance/harness.ts';
import { inMemoryTable } from '../conformance/in-memory-table.ts';
import { systemClock } from '../system/system-clock.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { acknowledge, awaitMarkers, isMarker } from './markers.ts';
import { dynamoTable } from './table.ts';
import { streamReader } from './test-stream-reader.ts';
import { createTable, deleteTable, emulatorClient, emulatorsWithTables } from './test-tables.ts';

const facts = 60;

describe.each(emulatorsWithTables)('markers in a stream of %s', (_, emulator) => {
  const world = async () => {
    const client = emulatorClient(emulator);
    const { tableName, streamArn } = await createTable(client, {}, { stream: true });
    const [ids, usage, rollups] = [ulidIds(), dynamoTable({ tableName, declaration: {}, client, clock: systemClock }), inMemoryTable()];
    const partitions = new Set<string>();
    const meter = tableMeter(
      {
        put: (item, condition) => {
          partitions.add(item.pk);
          return usage.put(item, condition);
        },
      },
      systemClock,
    );
    const fact = (): UsageFact => ({ id: ids.next(), tenant: 'acme' as TenantId, endpoint: 'e', requests: 1, rows: 1, computeMicros: 1 });
    const consume = (fold = foldUsage(rollups)) =>
      streamReader(client, streamArn).subscribe('fold', async (changes) => {
        await fold(changes);
        await acknowledge(usage, changes.filter(isMarker));
      });
    const settled = (waitMillis = 20_000) => awaitMarkers(usage, partitions, { clock: systemClock, id: ids.next(), waitMillis });
    const record = () => Promise.all(Array.from({ length: facts }, () => meter.record(fact())));
    return { usage, rollups, partitions, consume, record, settled, dispose: () => deleteTable(client, tableName) };
  };

  it('are acknowledged once all facts before them are folded, and are gone then', async () => {
    const { usage, rollups, partitions, consume, record, settled, dispose } = await world();
    const consumer = consume();
    await record();
    await settled();
    const [pk = ''] = partitions;
    const { tenant = '', hour = '' } = parseUsagePartition(pk) ?? {};
    const { items } = await rollups.query(`${tenant}#rollup#${hour.slice(0, 7)}`);
    expect(items.reduce((sum, { requests }) => sum + Number(requests), 0)).toBe(facts);
    const left = await Promise.all([...partitions].map(async (one) => (await usage.query(one, { from: '~' })).items));
    expect(left.flat()).toEqual([]);
    await consumer.stop();
    await dispose();
  });

  it('stay where what came before them cannot be folded', async () => {
    const { consume, record, settled, dispose } = await world();
    const consumer = consume(() => Promise.reject(new TypeError('the roll-ups are away')));
    await record();
    expect(await rejection(settled(500))).toEqual({ failure: 'unavailable', code: 'changes-not-settled' });
    await consumer.stop();
    await dispose();
  });
});
