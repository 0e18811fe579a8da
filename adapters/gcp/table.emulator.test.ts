import type { TableDeclaration } from '../../domain/kernel/table.ts';
import { settableClock } from '../conformance/harness.ts';
import { tableConformance } from '../conformance/table.ts';
import { collectionAt } from './firestore.ts';
import { firestoreTable } from './table.ts';
import { emulatorClient, testCollection } from './test-emulator.ts';

for (const changes of [false, true])
  tableConformance(changes ? 'Firestore emulator, with changes' : 'Firestore emulator', async () => {
    const client = emulatorClient();
    const clock = settableClock();
    let [collection, declared]: [string, TableDeclaration] = ['', {}];
    const open = () => firestoreTable({ collection, declaration: { ...declared, changes }, client, clock });

    /** As the TTL policy does it, which the emulator has not. */
    const sweep = async (): Promise<void> => {
      const all = collectionAt(client, collection);
      const { documents: expired } = await all.query({
        where: [['expiresAt', 'LESS_THAN_OR_EQUAL', { timestampValue: clock.now().toISOString() }]],
        orderBy: [['expiresAt', 'ASCENDING']],
        limit: 500,
      });
      await all.commit(expired.map(({ name }) => ({ delete: name })));
    };
    return {
      clock,
      async table(declaration) {
        declared = declaration;
        collection = testCollection();
        return open();
      },
      restart: async () => open(),
      sweep,
      dispose: async () => undefined,
    };
  });
