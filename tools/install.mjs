// Installs what package-lock.json says, where that has not been done. Plain JavaScript on Node alone: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const record = join(modules, '.installed');

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
const wanted = createHash('sha256').update(lockText).digest('hex');

const isRecorded = () => read(record)?.trim() === wanted;

/** Whether npm's own record says that the same packages are there already; those for other systems may be missing. */
const isInstalled = () => {
  const installed = JSON.parse(read(join(modules, '.package-lock.json')) ?? '{}').packages;
  if (installed === undefined) return false;
  const { '': _project, ...locked } = JSON.parse(lockText).packages;
  const present = ([path, { integrity, optional, devOptional }]) =>
    installed[path] === undefined ? optional === true || devOptional === true : installed[path].integrity === integrity;
  return Object.entries(locked).every(present);
};

const install = () => {
  process.stderr.write('Installing dependencies (npm ci); this happens on the first run and after package-lock.json changed.\n');
  const command = ['ci', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error'];
  // npm's own words go to standard error: standard output belongs to what runs next.
  const { status, error } = spawnSync('npm', command, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status === 0) return process.stderr.write('Dependencies are installed.\n');
  process.stderr.write(`The dependencies could not be installed: ${error?.message ?? `npm ci ended with ${status}`}.\n`);
  process.exitCode = 1;
  return false;
};

if (!isRecorded())
  await withLock(join(root, '.cache', 'install.lock'), () => {
    if (isRecorded()) return;
    if (isInstalled() || install()) writeFileSync(record, `${wanted}\n`);
  });
