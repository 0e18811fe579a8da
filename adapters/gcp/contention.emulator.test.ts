import { describe, expect, it } from 'vitest';
import { usualBackoff } from '../cloud/retry.ts';
import { rejection } from '../conformance/harness.ts';
import { systemClock } from '../system/system-clock.ts';
import { firestoreTable } from './table.ts';
import { emulatorClient, testCollection } from './test-emulator.ts';

const pk = 'acme#hot';
const key = { pk, sk: 'counter' };

/** As Firestore answers who meets another one's transaction. */
const aborted = (): Response =>
  Response.json({ error: { code: 409, status: 'ABORTED', message: 'Too much contention on these documents.' } }, { status: 409 });

/** Firestore, which turns away those commits that `refuses` says, by their number. */
const contended = (collection: string, refuses: (commit: number) => boolean) => {
  let commits = 0;
  const send = (async (url: string, init: RequestInit) =>
    String(url).endsWith(':commit') && refuses(++commits) ? aborted() : fetch(url, init)) as typeof fetch;
  const client = emulatorClient({}, { fetch: send, backoff: { ...usualBackoff, wait: async () => undefined } });
  const table = firestoreTable({ collection, declaration: { changes: true }, client, clock: systemClock });
  return { table, commits: () => commits };
};

/** Reads and writes over what it read until that is what is there; each writer counts one. */
const countUp = async (table: ReturnType<typeof contended>['table']): Promise<void> => {
  for (;;) {
    const version = Number((await table.get(key))?.version ?? 0);
    const item = { ...key, version: version + 1 };
    if ((await table.put(item, version === 0 ? 'absent' : { version })).written) return;
  }
};

describe('a document that many write', () => {
  it('takes each write once, where every other commit is aborted', async () => {
    const { table, commits } = contended(testCollection(), (commit) => commit % 2 === 1);
    await Promise.all(Array.from({ length: 6 }, () => countUp(table)));
    expect((await table.get(key))?.version).toBe(6);
    expect(commits()).toBeGreaterThanOrEqual(12);
  });

  it('is given up with one clear error where that never ends, and keeps what it had', async () => {
    const collection = testCollection();
    const free = contended(collection, () => false).table;
    await free.put({ ...key, version: 1 }, 'absent');
    const { table, commits } = contended(collection, () => true);
    expect(await rejection(table.put({ ...key, version: 2 }, { version: 1 }))).toEqual({
      failure: 'unavailable',
      code: 'cloud-unavailable',
    });
    expect(commits()).toBe(usualBackoff.attempts);
    expect((await free.get(key))?.version).toBe(1);
    await countUp(free);
    expect((await free.get(key))?.version).toBe(2);
  });
});
