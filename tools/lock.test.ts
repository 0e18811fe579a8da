import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockModule = new URL('./lock.mjs', import.meta.url).href;

/** A process that notes when it begins and ends its work under the lock. */
const worker = (name: string): Promise<number | null> => {
  const note = (what: string) => `appendFileSync(${JSON.stringify(join(folder, 'notes'))}, '${name} ${what}\\n');`;
  const script = `import { appendFileSync } from 'node:fs'; import { withLock } from ${JSON.stringify(lockModule)};
    await withLock(${JSON.stringify(join(folder, 'lock'))}, async () => { ${note('begins')} await new Promise((done) => setTimeout(done, 50)); ${note('ends')} });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
  return new Promise((resolve) => child.once('close', resolve));
};

const notes = () => readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');

describe('a lock between processes', () => {
  it('lets one work at a time', async () => {
    await Promise.all(['a', 'b', 'c'].map(worker));
    const owners = notes().map((note) => note.split(' ')[0]);
    expect(owners).toHaveLength(6);
    for (let at = 0; at < 6; at += 2) expect(owners[at]).toBe(owners[at + 1]);
  });

  it('does not wait for a holder that died', async () => {
    const dead = spawn(process.execPath, ['--eval', '']);
    await new Promise((resolve) => dead.once('close', resolve));
    writeFileSync(join(folder, 'lock'), String(dead.pid));
    await worker('a');
    expect(notes()).toEqual(['a begins', 'a ends']);
  });
});
