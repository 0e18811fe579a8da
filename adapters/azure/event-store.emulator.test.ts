import { eventStoreConformance } from '../conformance/event-store.ts';
import { settableClock } from '../conformance/harness.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { cosmosTable } from './table.ts';
import { startCosmosUnderTest } from './test-cosmos.ts';

eventStoreConformance('fakes of Azure', async () => {
  const clock = settableClock();
  const cosmos = await startCosmosUnderTest(clock);
  return {
    clock,
    ids: ulidIds(),
    table: async (declaration) => cosmosTable({ place: cosmos.place(declaration), declaration, client: cosmos.client, clock }),
    dispose: cosmos.close,
  };
});
