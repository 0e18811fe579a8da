import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../domain/kernel/clock.ts';
import { type LocalStore, openStore } from './store.ts';

/** A store in a folder of its own under the system's temporary one, which can be closed and opened again. */
export const temporaryStore = (clock: Clock) => {
  const folder = mkdtempSync(join(tmpdir(), 'local-store-'));
  let store: LocalStore = openStore(folder, { clock });
  return {
    folder,
    store: () => store,
    async reopen(): Promise<LocalStore> {
      await store.close();
      store = openStore(folder, { clock });
      return store;
    },
    async dispose() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
