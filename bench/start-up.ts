import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../adapters/local/store.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { ulidIds } from '../adapters/system/ulid-ids.ts';
import { eventStore } from '../domain/kernel/event-store.ts';
import type { TenantId } from '../domain/kernel/tenancy.ts';
import { aliases, aliasStream } from '../domain/models/streams.ts';
import { models } from '../functions/models/context.ts';
import { startServer } from './process.ts';
import { median, report } from './result.ts';

// From `node` to the printed URL, on a data folder with 100,000 events, as a part of the one second that it may take.
const events = 100_000;
const budgetMillis = 1000;
const folder = await mkdtemp(join(tmpdir(), 'bench-start-up-'));

const fill = async (): Promise<void> => {
  const store = openStore(folder, { clock: systemClock });
  const table = store.table('models.registry', { indexes: models.tables.registry.indexes, changes: true });
  const registry = eventStore(table, { clock: systemClock, ids: ulidIds() });
  const by = { id: 'key:bench' };
  let next = 0;
  const writer = async () => {
    while (next < events) {
      const n = next++;
      const [model, alias] = [`model-${n % 500}`, 'champion'];
      await registry.handle(
        aliases,
        aliasStream('bench' as TenantId, model, alias),
        { type: 'assign', model, alias, version: String(n + 1) },
        { by },
      );
    }
  };
  await Promise.all(Array.from({ length: 256 }, writer));
  await store.close();
};

const start = () =>
  startServer(['dist/local.mjs'], { PORT: '0', HYBRID_DATA_DIR: folder, HYBRID_ADMIN_KEY: 'hyb_platform_bench_0000000000000000' });

try {
  await fill();
  const times: number[] = [];
  for (let run = 0; run < 6; run++) {
    const server = await start();
    if (run > 0) times.push(server.readyMillis);
    await server.stop();
  }
  const notes = `ms from node to ready: ${times.map(Math.round).join(' ')}`;
  report({ name: `start-up-${events}-events`, ratio: median(times) / budgetMillis, budget: { max: 1 }, notes });
} finally {
  await rm(folder, { recursive: true });
}
