import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const child = join(import.meta.dirname, 'full-disk.child.ts');

/** Blocks of 512 bytes: files of the child may grow to 4 MB. */
const fileLimit = 8192;

describe('a store on a full disk', () => {
  let folder: string;
  let saw: { [what: string]: unknown };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'full-disk-'));
    const { stdout } = await run('sh', [
      '-c',
      `ulimit -S -f ${fileLimit}; exec "$0" --import tsx "$1" "$2"`,
      process.execPath,
      child,
      join(folder, 'data'),
    ]);
    saw = JSON.parse(stdout) as typeof saw;
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses writes as full and with nothing else', () => expect(saw.refusals).toEqual(['storage-full/storage-full']));
  it('goes on reading all that it accepted', () => expect(saw.readableWhileFull).toBe(saw.acceptedBeforeFull));
  it('accepts writes again once there is room', () => expect(saw.acceptedAfterwards).toBe(20));
  it('has lost nothing that it accepted when it is opened again', () => expect(saw.lost).toBe(0));
  it('has nothing that it refused', () => expect(saw.unasked).toBe(0));
  it('has an index that agrees with its items', () => expect(saw.indexAgrees).toBe(true));
});
