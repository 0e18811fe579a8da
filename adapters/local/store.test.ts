import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Failure, Rejected } from '../../domain/kernel/failure.ts';
import type { Item, Table } from '../../domain/kernel/table.ts';
import { eventually, rejection, settableClock } from '../conformance/harness.ts';
import { changeStream } from './change-stream.ts';
import { type LocalStore, openStore } from './store.ts';

const clock = settableClock();

const rejected = (call: () => unknown): Failure | undefined => {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof Rejected) return error.failure;
    throw error;
  }
};

const codeOf = (call: () => unknown): string => rejected(call)?.code ?? 'no rejection';

const everything = async (read: (cursor: object) => ReturnType<Table['query']>, cursor: string | null = null): Promise<Item[]> => {
  const { items, next } = await read({ limit: 1000, ...(cursor === null ? {} : { cursor }) });
  return next === null ? [...items] : [...items, ...(await everything(read, next))];
};

describe('the store in a data folder', () => {
  let folder: string;
  let stores: LocalStore[];
  let children: ChildProcess[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'data-folder-'));
    [stores, children] = [[], []];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(stores.map((store) => store.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (): LocalStore => {
    const store = openStore(folder, { clock });
    stores.push(store);
    return store;
  };
  const closeAll = async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  };
  const spawnWriter = async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'store.child.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await eventually(() => output.startsWith('open'), 20_000);
    return { child, output: () => output };
  };

  it('says which format it has', () => {
    open();
    expect(JSON.parse(readFileSync(join(folder, 'format.json'), 'utf8'))).toEqual({ format: 1 });
  });
  it('is for its owner alone where it is new', () => {
    const fresh = join(folder, 'fresh');
    stores.push(openStore(fresh, { clock }));
    expect(statSync(fresh).mode & 0o777).toBe(0o700);
  });

  it('is not opened where a later version wrote it, and holds no lock then', () => {
    writeFileSync(join(folder, 'format.json'), '{"format":2}');
    expect(codeOf(open)).toBe('data-folder-newer');
    writeFileSync(join(folder, 'format.json'), '{"format":1}');
    expect(codeOf(open)).toBe('no rejection');
  });
  it('is not opened where its format cannot be read', () => {
    for (const text of ['', '{}', '{"format":"1"}', 'null']) {
      writeFileSync(join(folder, 'format.json'), text);
      expect(codeOf(open)).toBe('data-folder-damaged');
    }
  });
  it('is refused with a failure where no folder can be made', () => {
    writeFileSync(join(folder, 'file'), '');
    for (const place of ['file', 'file/within']) {
      const refused = rejected(() => openStore(join(folder, place), { clock }));
      expect(refused?.code).toBe('storage-failed');
      expect(refused?.detail).toBe(
        `The data folder ${join(folder, place)} cannot be used: it is a file, or lies in one; choose a folder (HYBRID_DATA_DIR).`,
      );
    }
  });
  it('is not opened twice in one process', async () => {
    open();
    expect(codeOf(open)).toBe('data-folder-in-use');
    await closeAll();
    expect(codeOf(open)).toBe('no rejection');
  });
  it('is opened over the lock of a process that is gone, also where that had the id of this one', async () => {
    for (const pid of [process.pid, 2 ** 22 + 1]) {
      writeFileSync(join(folder, 'lock'), `${pid} some-boot/1\n`);
      expect(codeOf(open)).toBe('no rejection');
      await closeAll();
    }
  });
  it('is not opened while another process holds it, and has all that a killed one acknowledged', async () => {
    const { child, output } = await spawnWriter();
    expect(codeOf(open)).toBe('data-folder-in-use');
    await eventually(() => output().length > 2000, 20_000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = open();
    const table = store.table('things', { changes: true, indexes: { all: { partition: 'group', sort: 'sk' } } });
    const found = (await everything((page) => table.query('acme#things', {}, page))).map(({ sk }) => sk);
    const indexed = (await everything((page) => table.queryIndex('all', 'all', {}, page))).map(({ sk }) => sk);
    const acknowledged = output().split('\n').slice(1, -1);
    expect(acknowledged.filter((sk) => !found.includes(sk) || !found.includes(`${sk}-twin`))).toEqual([]);
    expect(indexed).toEqual(found.filter((sk) => !sk.endsWith('twin')));
    expect(changeStream(store, 'things').kept()).toBe(found.length);
  });

  it('waits for accepted writes when it is closed, and refuses later ones', async () => {
    const table = open().table('things', {});
    const accepted = Promise.all(Array.from({ length: 100 }, (_, n) => table.put({ pk: 'acme#a', sk: `${n}` })));
    const closing = closeAll();
    const late = rejection(table.put({ pk: 'acme#a', sk: 'late' }));
    await closing;
    expect(await late).toEqual({ failure: 'unavailable', code: 'storage-closed' });
    expect((await accepted).every(({ written }) => written)).toBe(true);
    expect((await open().table('things', {}).query('acme#a')).items).toHaveLength(100);
  });
  it('keeps tables apart', async () => {
    const store = open();
    await store.table('one', {}).put({ pk: 'acme#a', sk: '1' });
    expect((await store.table('two', {}).query('acme#a')).items).toEqual([]);
  });
  it('gives the same table for the same declaration and refuses another', () => {
    const store = open();
    expect(store.table('one', { changes: true })).toBe(store.table('one', { changes: true }));
    expect(codeOf(() => store.table('one', {}))).toBe('table-redeclared');
  });
  it('fills an index that is new to a table with items, also one that was away for a time', async () => {
    const indexed = { indexes: { byKind: { partition: 'kind', sort: 'sk' } } };
    const put = (table: Table, from: number) =>
      Promise.all(Array.from({ length: 1200 }, (_, n) => table.put({ pk: 'acme#a', sk: `${from + n}`, kind: 'x' })));
    await put(open().table('one', {}), 10_000);
    await closeAll();
    const table = open().table('one', indexed);
    expect(await everything((page) => table.queryIndex('byKind', 'x', {}, page))).toHaveLength(1200);
    await closeAll();
    await put(open().table('one', {}), 20_000);
    await closeAll();
    const again = open().table('one', indexed);
    expect(await everything((page) => again.queryIndex('byKind', 'x', {}, page))).toHaveLength(2400);
  });
});
