import { eventStoreConformance } from '../conformance/event-store.ts';
import { settableClock } from '../conformance/harness.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { temporaryStore } from './test-store.ts';

eventStoreConformance('the laptop', async () => {
  const clock = settableClock();
  const temporary = temporaryStore(clock);
  return {
    clock,
    ids: ulidIds(),
    table: async (declaration) => temporary.store().table('registry', declaration),
    dispose: () => temporary.dispose(),
  };
});
