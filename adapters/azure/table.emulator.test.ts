import type { TableDeclaration } from '../../domain/kernel/table.ts';
import { settableClock } from '../conformance/harness.ts';
import { tableConformance } from '../conformance/table.ts';
import { cosmosTable } from './table.ts';
import { startCosmosUnderTest } from './test-cosmos.ts';

for (const changes of [false, true])
  tableConformance('fakes of Azure', async () => {
    const clock = settableClock();
    // Three physical partitions, so that what is read across partitions has to be put together.
    const cosmos = await startCosmosUnderTest(clock, 3);
    let [place, declared] = [cosmos.place({}), {} as TableDeclaration & { readonly changes?: boolean }];
    const open = () => cosmosTable({ place, declaration: declared, client: cosmos.client, clock });
    return {
      clock,
      async table(declaration) {
        declared = { ...declaration, changes };
        place = cosmos.place(declaration);
        return open();
      },
      restart: async () => open(),
      sweep: async () => cosmos.fake.removeExpired(),
      dispose: cosmos.close,
    };
  });
