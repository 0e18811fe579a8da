import { settableClock } from '../conformance/harness.ts';
import { tableConformance } from '../conformance/table.ts';
import { temporaryStore } from './test-store.ts';

tableConformance('the laptop', async () => {
  const clock = settableClock();
  const temporary = temporaryStore(clock);
  let declared = {};
  return {
    clock,
    table: async (declaration) => {
      declared = declaration;
      return temporary.store().table('things', declaration);
    },
    restart: async () => (await temporary.reopen()).table('things', declared),
    sweep: () => temporary.store().sweep(),
    dispose: () => temporary.dispose(),
  };
});
