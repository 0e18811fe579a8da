import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Item } from '../../domain/kernel/table.ts';
import { eventually, rejection } from '../conformance/harness.ts';
import { type PutJournal, putJournal, recordsOf } from './put-journal.ts';

const item = (n: number, text = ''): Item => ({ pk: 'acme#usage', sk: String(n).padStart(6, '0'), n, text });
const items = (count: number): Item[] => Array.from({ length: count }, (_, n) => item(n));
const full = new Rejected(failed('storage-full', 'storage-full', 'The disk is full.'));

/** Takes puts of what is new, unless it is told to refuse them or to let them wait. */
const takingTable = () => {
  const known = new Map<string, Item>();
  let puts = 0;
  let before: () => Promise<void> = async () => undefined;
  return {
    puts: () => puts,
    keys: () => [...known.keys()].sort(),
    known,
    before: (step: () => Promise<void>) => {
      before = step;
    },
    async putNew(given: readonly Item[]): Promise<void> {
      if (given.length === 0) return;
      puts++;
      await before();
      for (const one of given) if (!known.has(one.sk)) known.set(one.sk, one);
    },
  };
};
const refusal = () => Promise.reject(full);
const keysOf = (given: readonly Item[]): string[] => given.map(({ sk }) => sk);

describe('a journal of puts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const openJournal = (table: ReturnType<typeof takingTable>, failures: unknown[] = []): PutJournal => {
    const journal = putJournal({ folder: join(folder, 'usage'), table, onFailure: (error) => failures.push(error) });
    onTestFinished(() => journal.close().catch(() => undefined));
    return journal;
  };
  const putAll = (journal: PutJournal, given: readonly Item[]) => Promise.all(given.map((one) => journal.put(one)));
  /** A journal whose process has ended before anything went to the table. */
  const leftBehind = async (given: readonly Item[]): Promise<void> => {
    const table = takingTable();
    table.before(refusal);
    await putAll(openJournal(table), given);
  };

  it('puts in the table what it acknowledged, by itself and soon', async () => {
    const table = takingTable();
    await putAll(openJournal(table), items(3));
    await eventually(() => table.known.size === 3, 2000);
    expect(table.known.get('000001')).toEqual(item(1));
  });
  it('has everything in the table once it is drained', async () => {
    const table = takingTable();
    const journal = openJournal(table);
    expect(await journal.put(item(0))).toEqual({ written: true });
    await journal.drained();
    expect(table.keys()).toEqual(keysOf(items(1)));
  });
  it('has drained what was put while it was draining', async () => {
    const table = takingTable();
    const journal = openJournal(table);
    await putAll(journal, items(10));
    const first = journal.drained();
    await putAll(journal, items(30));
    await Promise.all([first, journal.drained()]);
    expect(table.keys()).toEqual(keysOf(items(30)));
  });
  it('takes many puts with one write, and goes on for longer than its files hold', async () => {
    const table = takingTable();
    const journal = openJournal(table);
    const text = 'x'.repeat(1000);
    for (let round = 0; round < 30; round++)
      await putAll(
        journal,
        Array.from({ length: 500 }, (_, n) => item(round * 500 + n, text)),
      );
    await journal.drained();
    expect(table.known.size).toBe(15_000);
  });

  describe('of a process that was killed', () => {
    it('has what was acknowledged, and hands it over when it is opened again', async () => {
      await leftBehind(items(40));
      const table = takingTable();
      await openJournal(table).drained();
      expect(table.keys()).toEqual(keysOf(items(40)));
    });
    it('hands it over without being asked', async () => {
      await leftBehind(items(2));
      const table = takingTable();
      openJournal(table);
      await eventually(() => table.known.size === 2, 2000);
    });
    it('hands it over again where that broke off, for keys are put once', async () => {
      await leftBehind(items(5));
      const table = takingTable();
      let calls = 0;
      table.before(() => (++calls === 1 ? Promise.resolve() : refusal()));
      const interrupted = openJournal(table);
      await putAll(interrupted, [item(5)]);
      table.before(async () => undefined);
      await openJournal(table).drained();
      await openJournal(table).drained();
      expect(table.keys()).toEqual(keysOf(items(6)));
    });
    it('does not hand over twice what the table has taken', async () => {
      await leftBehind(items(5));
      await openJournal(takingTable()).drained();
      const table = takingTable();
      await openJournal(table).drained();
      expect(table.puts()).toBe(0);
    });
    it('ignores a record that was being written', async () => {
      await leftBehind([]);
      const journal = putJournal({ folder: join(folder, 'usage'), table: refusing(), onFailure: () => undefined });
      await journal.put(item(0));
      await journal.put(item(1));
      const path = ['a', 'b'].map((name) => join(folder, 'usage', name)).find((name) => readFileSync(name).readUInt32LE(0) > 0) ?? '';
      const bytes = readFileSync(path);
      const end = 2 * 8 + bytes.readUInt32LE(0) + bytes.readUInt32LE(8 + bytes.readUInt32LE(0));
      bytes.fill(0, end - 3, end);
      writeFileSync(path, bytes);
      const table = takingTable();
      await openJournal(table).drained();
      expect(table.keys()).toEqual(keysOf(items(1)));
      await journal.close().catch(() => undefined);
    });
    it.each([
      ['empty', 0],
      ['cut short', 1000],
    ])('works with a file that is %s', async (_, size) => {
      await leftBehind(items(1));
      for (const name of ['a', 'b']) truncateSync(join(folder, 'usage', name), size);
      const table = takingTable();
      const journal = openJournal(table);
      await journal.put(item(1));
      await journal.drained();
      expect(table.keys()).toContain('000001');
    });
    it('works with files of anything', async () => {
      mkdirSync(join(folder, 'usage'));
      for (const name of ['a', 'b']) writeFileSync(join(folder, 'usage', name), Buffer.alloc(10_000, 'damaged'));
      const table = takingTable();
      const journal = openJournal(table);
      await journal.put(item(0));
      await journal.drained();
      expect(table.keys()).toEqual(keysOf(items(1)));
    });
  });

  describe('whose table refuses', () => {
    it('acknowledges all the same, says so, and offers it again', async () => {
      const table = takingTable();
      const failures: unknown[] = [];
      table.before(refusal);
      const journal = openJournal(table, failures);
      await putAll(journal, items(3));
      await eventually(() => failures.length > 0, 2000);
      expect(failures[0]).toBe(full);
      await journal.put(item(3));
      table.before(async () => undefined);
      await eventually(() => table.known.size === 4, 5000);
    });
    it('says so to who waits for it to be drained', async () => {
      const table = takingTable();
      table.before(refusal);
      const journal = openJournal(table);
      await journal.put(item(0));
      expect(await rejection(journal.drained())).toEqual({ failure: 'storage-full', code: 'storage-full' });
    });
    it('refuses puts as full when both of its files are, and takes them again when the table does', async () => {
      const table = takingTable();
      table.before(refusal);
      const journal = openJournal(table);
      const text = 'x'.repeat(200_000);
      const outcomes: string[] = [];
      for (let n = 0; n < 60; n++)
        outcomes.push(
          await journal.put(item(n, text)).then(
            () => 'taken',
            (error) => error.failure.code,
          ),
        );
      expect(new Set(outcomes)).toEqual(new Set(['taken', 'storage-full']));
      const taken = outcomes.filter((outcome) => outcome === 'taken').length;
      expect(taken).toBeGreaterThanOrEqual(20);
      table.before(async () => undefined);
      await journal.put(item(99, text));
      await journal.drained();
      expect(table.known.size).toBe(taken + 1);
    });
  });

  it('lets a put wait, while its files are full, for the table', async () => {
    const table = takingTable();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    table.before(() => gate);
    const journal = openJournal(table);
    const text = 'x'.repeat(200_000);
    let acknowledged = 0;
    const putting = (async () => {
      for (let n = 0; n < 60; n++) {
        await journal.put(item(n, text));
        acknowledged++;
      }
    })();
    await eventually(() => table.puts() > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(acknowledged).toBeLessThanOrEqual((2 * 4 * 1024 * 1024) / 200_000);
    open();
    await putting;
    await journal.drained();
    expect(table.known.size).toBe(60);
  });

  describe('that is closed', () => {
    it('has handed over what was put, also what it had not yet acknowledged', async () => {
      const table = takingTable();
      const journal = openJournal(table);
      const putting = putAll(journal, items(20));
      await journal.close();
      await putting;
      expect(table.keys()).toEqual(keysOf(items(20)));
    });
    it('refuses puts', async () => {
      const journal = openJournal(takingTable());
      await journal.close();
      expect(await rejection(journal.put(item(0)))).toEqual({ failure: 'unavailable', code: 'storage-closed' });
    });
    it('keeps what the table refuses for the next process', async () => {
      const refused = takingTable();
      refused.before(refusal);
      const journal = openJournal(refused);
      await putAll(journal, items(4));
      await rejection(journal.close());
      const table = takingTable();
      await openJournal(table).drained();
      expect(table.keys()).toEqual(keysOf(items(4)));
    });
  });
});

const refusing = () => {
  const table = takingTable();
  table.before(refusal);
  return table;
};

describe('the records in a file', () => {
  const record = (json: string): Buffer => {
    const payload = Buffer.from(json);
    const header = Buffer.alloc(8);
    header.writeUInt32LE(payload.length, 0);
    header.writeUInt32LE(crc32(payload), 4);
    return Buffer.concat([header, payload]);
  };
  const batches = fc.array(fc.array(fc.record({ pk: fc.string(), sk: fc.string(), text: fc.string() }), { maxLength: 5 }), {
    maxLength: 5,
  });

  it('are none in bytes of any kind, and no error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => [...recordsOf(Buffer.from(bytes))].length === 0));
  });
  it('are those that are whole, wherever the file was cut, whatever follows', () => {
    fc.assert(
      fc.property(batches, fc.nat(), fc.uint8Array({ maxLength: 50 }), (written, at, rest) => {
        const records = written.map((batch) => record(JSON.stringify(batch)));
        const bytes = Buffer.concat(records);
        const cut = at % (bytes.length + 1);
        let whole = 0;
        for (let end = 0; whole < records.length && end + (records[whole]?.length ?? 0) <= cut; whole++) end += records[whole]?.length ?? 0;
        expect([...recordsOf(bytes.subarray(0, cut))]).toEqual(written.slice(0, whole));
        expect([...recordsOf(Buffer.concat([bytes, Buffer.alloc(8), rest]))]).toEqual(written);
      }),
    );
  });
  it('end before one of which a byte is another', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const [first, second] = [record('[{"pk":"a","sk":"1"}]'), record('[{"pk":"a","sk":"2"}]')];
        const where = first.length + (at % second.length);
        const bytes = Buffer.concat([first, second]);
        bytes.writeUInt8(bytes.readUInt8(where) ^ change, where);
        expect([...recordsOf(bytes)]).toEqual([[{ pk: 'a', sk: '1' }]]);
      }),
    );
  });
});
