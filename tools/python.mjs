// Installs a pinned list of Python packages into a folder of its own: node tools/python.mjs <requirements.txt> <folder>.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withLock } from './lock.mjs';

const [requirements, folder] = process.argv.slice(2).map((path) => resolve(path));
const python = process.env.PYTHON ?? 'python3.11';
const inFolder = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
const record = join(folder, '.installed');
const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');

const isInstalled = () => existsSync(inFolder) && existsSync(record) && readFileSync(record, 'utf8').trim() === wanted;

const run = (program, args, why) => {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(`${why}: ${error?.message ?? `${program} ended with ${status}`}.\n`);
  process.exit(1);
};

if (!isInstalled())
  await withLock(`${folder}.lock`, () => {
    if (isInstalled()) return;
    rmSync(folder, { recursive: true, force: true });
    run(python, ['-m', 'venv', folder], 'A Python environment could not be made; Python 3.11 is needed (PYTHON names another one)');
    const options = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', requirements];
    run(inFolder, options, `The packages of ${requirements} could not be installed`);
    writeFileSync(record, `${wanted}\n`);
  });
