/**
 * Run by `full-disk.test.ts` in a process whose files may not grow past a limit: fills a table until a write is refused, reads on, and writes
 * again once the limit is gone. Prints what it saw as one JSON line.
 */
import { execFileSync } from 'node:child_process';
import { Rejected } from '../../domain/kernel/failure.ts';
import type { Table } from '../../domain/kernel/table.ts';
import { systemClock } from '../system/system-clock.ts';
import { openStore } from './store.ts';

const [folder = '', room = 'lift-limit'] = process.argv.slice(2);

const codeOf = (reason: unknown): string =>
  reason instanceof Rejected ? `${reason.failure.failure}/${reason.failure.code}` : String(reason);

const putMany = async (table: Table, round: number): Promise<{ accepted: string[]; refusals: string[] }> => {
  const keys = Array.from({ length: 20 }, (_, index) => `${String(round).padStart(4, '0')}-${index}`);
  const outcomes = await Promise.allSettled(
    keys.map((sk) => table.put({ pk: 'acme#big', sk, group: 'all', order: sk, text: 'x'.repeat(20_000) }, 'absent')),
  );
  return {
    accepted: keys.filter((_, index) => outcomes[index]?.status === 'fulfilled'),
    refusals: outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [codeOf(outcome.reason)] : [])),
  };
};

const everything = async (read: (cursor?: string) => ReturnType<Table['query']>): Promise<string[]> => {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Table['query']>> = await read(cursor ?? undefined);
    found.push(...page.items.map(({ sk }) => sk));
    cursor = page.next;
  } while (cursor !== null);
  return found.sort();
};

const store = openStore(folder, { clock: systemClock });
const declaration = { indexes: { byGroup: { partition: 'group', sort: 'order' } }, changes: true };
const table = store.table('big', declaration);
const accepted: string[] = [];
let refusals: string[] = [];
for (let round = 0; refusals.length === 0 && round < 1000; round++) {
  const outcome = await putMany(table, round);
  accepted.push(...outcome.accepted);
  refusals = outcome.refusals;
}
const again = await putMany(table, 2000);
const limit = 1000;
const page = (cursor?: string) => ({ limit, ...(cursor === undefined ? {} : { cursor }) });
const readable = await everything((cursor) => table.query('acme#big', {}, page(cursor)));
if (room === 'lift-limit') execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited']);
else execFileSync('sh', ['-c', room]);
const afterwards = await putMany(table, 3000);
accepted.push(...again.accepted, ...afterwards.accepted);
await store.close();

const reopened = openStore(folder, { clock: systemClock });
const same = reopened.table('big', declaration);
const found = await everything((cursor) => same.query('acme#big', {}, page(cursor)));
const indexed = await everything((cursor) => same.queryIndex('byGroup', 'all', {}, page(cursor)));
await reopened.close();
console.log(
  JSON.stringify({
    acceptedBeforeFull: accepted.length - afterwards.accepted.length,
    refusals: [...new Set([...refusals, ...again.refusals])],
    readableWhileFull: readable.length,
    acceptedAfterwards: afterwards.accepted.length,
    lost: accepted.filter((sk) => !found.includes(sk)).length,
    unasked: found.filter((sk) => !accepted.includes(sk)).length,
    indexAgrees: JSON.stringify(indexed) === JSON.stringify(found),
  }),
);
