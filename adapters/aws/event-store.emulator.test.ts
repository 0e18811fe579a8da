import { eventStoreConformance } from '../conformance/event-store.ts';
import { settableClock } from '../conformance/harness.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { dynamoTable } from './table.ts';
import { createTable, deleteTable, emulatorClient, emulatorsWithTables } from './test-tables.ts';

for (const [name, emulator] of emulatorsWithTables)
  eventStoreConformance(name, async () => {
    const client = emulatorClient(emulator);
    const clock = settableClock();
    let tableName = '';
    return {
      clock,
      ids: ulidIds(),
      async table(declaration) {
        ({ tableName } = await createTable(client, declaration));
        return dynamoTable({ tableName, declaration, client, clock });
      },
      dispose: async () => void (await deleteTable(client, tableName)),
    };
  });
