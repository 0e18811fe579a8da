import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { failed, Rejected } from '../../domain/kernel/failure.ts';

/** Prints how long the processor needed for an import, in milliseconds: other processes may take their turns meanwhile without counting. */
const timer = `const before = process.cpuUsage();
for (const module of process.argv.slice(2)) await import(module);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);`;

/** What a function needs to start, and nothing that leads anywhere. */
const environment = { PATH: process.env.PATH, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' };
const rounds = 9;

/** How long a function takes to load in a fresh process, with what it may load later, in milliseconds of processor time: the least of nine, for others on the machine only add to it. */
export const loadMillis = (zip: string): number => {
  const folder = mkdtempSync(join(tmpdir(), 'load-time-'));
  try {
    const modules = unzipSync(readFileSync(zip), { filter: ({ name }) => /^(app\/)?(index|part-\w+)\.mjs$/.test(name) });
    mkdirSync(join(folder, 'app'));
    for (const [name, bytes] of Object.entries(modules)) writeFileSync(join(folder, name), bytes);
    writeFileSync(join(folder, 'timer.mjs'), timer);
    const parts = Object.keys(modules).filter((name) => name !== 'index.mjs');
    return Math.min(...Array.from({ length: rounds }, () => timed(folder, ['index.mjs', ...parts])));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const timed = (folder: string, modules: readonly string[]): number => {
  const urls = modules.map((module) => pathToFileURL(join(folder, module)).href);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'timer.mjs'), ...urls], {
    env: environment,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Rejected(failed('invalid', 'function-does-not-load', stderr.slice(-1000)));
  // A library may say something while it is loaded.
  return Number(stdout.trim().split('\n').at(-1));
};
