import { describe, expect, it } from 'vitest';
import type { Table } from '../../domain/kernel/table.ts';
import { usualBackoff } from '../cloud/retry.ts';
import { type FaultKind, faultsOf } from '../conformance/faults.ts';
import { systemClock } from '../system/system-clock.ts';
import { awsClient } from './client.ts';
import { dynamoTable } from './table.ts';
import { awsAnswers } from './test-faults.ts';
import { createTable, emulatorClient, emulatorEnvironment, emulatorsWithTables } from './test-tables.ts';

const key = { pk: 'acme#things', sk: 'a' };
const item = { ...key, version: 1, list: [1, { deep: 'ä' }, null], number: 1e21, none: undefined };
const done = { written: true };
const refused = { written: false, conflict: 0 };
const unheard: readonly FaultKind[] = ['loses its answer', 'is done and answered 500'];

describe.each(emulatorsWithTables)('a conditional write on %s', (_, emulator) => {
  const world = async () => {
    const { tableName } = await createTable(emulatorClient(emulator), {});
    const over = (fault?: FaultKind): Table => {
      const { fetch } = faultsOf(fault && { at: 1, kind: fault }, awsAnswers).process();
      const backoff = { ...usualBackoff, wait: async () => undefined };
      const client = awsClient({ environment: emulatorEnvironment(emulator), fetch, backoff });
      return dynamoTable({ tableName, declaration: {}, client, clock: systemClock });
    };
    return { table: over(), over };
  };

  it.each(unheard)('that %s is no conflict with itself', async (fault) => {
    const { table, over } = await world();
    expect(await over(fault).put(item, 'absent')).toEqual(done);
    expect(await over(fault).put({ ...item, version: 2 }, { version: 1 })).toEqual(done);
    expect(await over(fault).delete(key, { version: 2 })).toEqual(done);
    expect(await table.get(key)).toBeUndefined();
  });

  it('that never arrives is a conflict with what another has put there', async () => {
    const { table, over } = await world();
    await table.put({ ...item, version: 7 });
    expect(await over('never arrives').put(item, 'absent')).toEqual(refused);
    expect(await over('never arrives').delete(key, { version: 1 })).toEqual(refused);
    expect((await table.get(key))?.version).toBe(7);
  });

  it('is a conflict with the same item where nothing was lost', async () => {
    const { table } = await world();
    await table.put(item, 'absent');
    expect(await table.put(item, 'absent')).toEqual(refused);
  });
});
