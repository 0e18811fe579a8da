import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rejected } from '../../domain/kernel/failure.ts';
import { systemClock } from '../system/system-clock.ts';
import { openStore } from './store.ts';

describe('a data folder whose store is damaged', () => {
  let folder: string;
  const file = () => join(folder, 'store', 'data.mdb');
  const reopened = () => {
    try {
      return openStore(folder, { clock: systemClock });
    } catch (error) {
      return error instanceof Rejected ? error.failure.code : error;
    }
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'store-file-'));
    const store = openStore(folder, { clock: systemClock });
    await store.table('things', {}).put({ pk: 'acme#thing', sk: '1' });
    await store.close();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is refused where noise stands in its place', () => {
    writeFileSync(file(), Buffer.alloc(65_536, 0x5a));
    expect(reopened()).toBe('data-folder-damaged');
  });

  it('is refused where it was cut short', () => {
    writeFileSync(file(), readFileSync(file()).subarray(0, 5000));
    expect(reopened()).toBe('data-folder-damaged');
  });

  it('can be used once it is restored', async () => {
    const sound = readFileSync(file());
    writeFileSync(file(), 'noise');
    expect(reopened()).toBe('data-folder-damaged');
    writeFileSync(file(), sound);
    const store = openStore(folder, { clock: systemClock });
    expect(await store.table('things', {}).get({ pk: 'acme#thing', sk: '1' })).toBeDefined();
    await store.close();
  });
});
