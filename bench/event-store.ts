/**
 * Appends through the event store at 64 writers against bare LMDB transactions of the same records (`transaction`, then `flushed`), in
 * interleaved rounds on one disk. Prints {"name", "ratio" (appends a second by bare transactions a second), "budget"} as one JSON line.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { openStore } from '../adapters/local/store.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { ulidIds } from '../adapters/system/ulid-ids.ts';
import { type Aggregate, eventStore } from '../domain/kernel/event-store.ts';
import type { Item } from '../domain/kernel/table.ts';
import type { TenantId } from '../domain/kernel/tenancy.ts';

const writers = 64;
const roundMillis = Number(process.env.BENCH_ROUND_MS ?? 1000);
const rounds = 6;
const budget = 0.5;

type Count = { readonly count: number; readonly note: string };
type Counted = { readonly type: 'counted'; readonly by: number; readonly note: string };
const note = 'a state and an event of about the size of an alias or an endpoint, with a name, a version and a digest';
const counter: Aggregate<Count, number, Counted> = {
  decider: {
    initial: { count: 0, note },
    decide: (by) => [{ type: 'counted', by, note }],
    evolve: (state, { by }) => ({ ...state, count: state.count + by }),
  },
};

const folder = mkdtempSync(join(tmpdir(), 'bench-event-store-'));
const store = openStore(join(folder, 'store'), { clock: systemClock });
const table = store.table('bench', { changes: true });
const ids = ulidIds();
const events = eventStore(table, { clock: systemClock, ids });
const bare = open<Item, string>({ path: join(folder, 'bare'), encoding: 'json', pageSize: 8192 });

const append = async (writer: number, round: number): Promise<void> => {
  await events.handle(counter, { tenant: 'bench' as TenantId, partition: `counter#${writer}`, stream: `count#${round}` }, 1, {
    by: { id: 'bench' },
  });
};

const transact = async (writer: number, round: number, sequence: number): Promise<void> => {
  const pk = `bench#counter#${writer}`;
  const at = new Date().toISOString();
  const stream = `count#${round}`;
  const state: Item = { pk, sk: `state#${stream}`, kind: 'state', version: sequence, state: { count: sequence, note } };
  const event: Item = {
    pk,
    sk: `event#${stream}#${String(sequence).padStart(10, '0')}`,
    kind: 'event',
    id: ids.next(),
    stream,
    version: sequence,
    at,
    by: 'bench',
    event: { type: 'counted', by: 1, note },
  };
  await bare.transaction(() => {
    bare.put(`${state.pk}/${state.sk}`, state);
    bare.put(`${event.pk}/${event.sk}`, event);
  });
  await bare.flushed;
};

const perSecond = async (write: (writer: number, sequence: number) => Promise<void>): Promise<number> => {
  const started = performance.now();
  let written = 0;
  const run = async (writer: number) => {
    for (let sequence = 1; performance.now() - started < roundMillis; sequence++) {
      await write(writer, sequence);
      written++;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => run(writer)));
  return written / ((performance.now() - started) / 1000);
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const ours: number[] = [];
const theirs: number[] = [];
for (let round = 0; round <= rounds; round++) {
  const one = await perSecond((writer) => append(writer, round));
  const other = await perSecond((writer, sequence) => transact(writer, round, sequence));
  // The first round warms up.
  if (round > 0) {
    ours.push(one);
    theirs.push(other);
  }
}
await store.close();
await bare.close();
rmSync(folder, { recursive: true, force: true });

const ratio = median(ours) / median(theirs);
const rounded = Math.round(ratio * 1000) / 1000;
console.log(
  JSON.stringify({
    name: 'event-store-append-64',
    ratio: rounded,
    budget,
    perSecond: Math.round(median(ours)),
    barePerSecond: Math.round(median(theirs)),
  }),
);
