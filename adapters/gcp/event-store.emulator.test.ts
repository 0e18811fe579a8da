import { eventStoreConformance } from '../conformance/event-store.ts';
import { settableClock } from '../conformance/harness.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { firestoreTable } from './table.ts';
import { emulatorClient, testCollection } from './test-emulator.ts';

eventStoreConformance('Firestore emulator', async () => {
  const client = emulatorClient();
  const clock = settableClock();
  return {
    clock,
    ids: ulidIds(),
    table: async (declaration) =>
      firestoreTable({ collection: testCollection(), declaration: { ...declaration, changes: true }, client, clock }),
    dispose: async () => undefined,
  };
});
