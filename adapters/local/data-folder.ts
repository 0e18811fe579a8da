import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { failed, Rejected } from '../../domain/kernel/failure.ts';

/** The layout of the data folder that this version reads and writes. */
export const dataFolderFormat = 1;

/** Folders that this process holds: its own lock file would otherwise read as a stale one of an earlier process with the same id. */
const held = new Set<string>();

/**
 * Makes the folder this process's own until `release` is called. Throws `Rejected`: `data-folder-in-use` where another live process holds it,
 * `data-folder-newer` where a later version wrote it, `data-folder-damaged` where its `format.json` cannot be read. A lock left by a process that was killed does not count.
 */
export const claimDataFolder = (folder: string): { release(): void } => {
  const path = resolve(folder);
  // What tenants keep is in here, and no other user of the machine may read it.
  mkdirSync(path, { recursive: true, mode: 0o700 });
  lock(path);
  try {
    checkFormat(path);
  } catch (error) {
    unlock(path);
    throw error;
  }
  return { release: () => unlock(path) };
};

const lockFile = (folder: string) => join(folder, 'lock');

const lock = (folder: string): void => {
  const own = join(folder, `lock.${randomUUID()}`);
  writeFileSync(own, `${process.pid} ${startOf(process.pid) ?? '-'}\n`);
  try {
    if (held.has(folder)) throw inUse(folder, process.pid);
    if (!link(own, lockFile(folder))) {
      removeStale(folder);
      if (!link(own, lockFile(folder))) throw inUse(folder, holderOf(lockFile(folder))?.pid);
    }
    held.add(folder);
  } finally {
    rmSync(own, { force: true });
  }
};

const unlock = (folder: string): void => {
  held.delete(folder);
  rmSync(lockFile(folder), { force: true });
};

/** A link is made whole or not at all, so nobody ever reads a lock that is half written. */
const link = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

/** Takes the stale lock away by renaming it, so that of two processes which see it stale only one removes it and none removes its successor unseen. */
const removeStale = (folder: string): void => {
  const holder = holderOf(lockFile(folder));
  if (holder !== undefined && isAlive(holder)) throw inUse(folder, holder.pid);
  const aside = join(folder, `lock.${randomUUID()}`);
  try {
    renameSync(lockFile(folder), aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const taken = holderOf(aside);
  if (taken !== undefined && isAlive(taken)) link(aside, lockFile(folder));
  rmSync(aside, { force: true });
};

type Holder = { readonly pid: number; readonly started: string };

const holderOf = (file: string): Holder | undefined => {
  const text = readIfThere(file);
  const [pid, started] = (text ?? '').trim().split(' ');
  return pid === undefined || !/^\d+$/.test(pid) ? undefined : { pid: Number(pid), started: started ?? '-' };
};

/** Process ids are used again (a container's first process is always the same one), so a start time tells two processes of one id apart where the system says it. */
const isAlive = ({ pid, started }: Holder): boolean => {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  const now = startOf(pid);
  return started === '-' || now === undefined || now === started;
};

/** Boot and start time of a process on Linux (proc(5): field 22 of `stat`, counted after the name's closing parenthesis); elsewhere nothing. */
const startOf = (pid: number): string | undefined => {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const boot = readIfThere('/proc/sys/kernel/random/boot_id');
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks === undefined ? undefined : `${boot?.trim() ?? ''}/${ticks}`;
};

const checkFormat = (folder: string): void => {
  const file = join(folder, 'format.json');
  const text = readIfThere(file);
  const format = text === undefined ? dataFolderFormat : formatIn(text);
  if (format === undefined)
    throw new Rejected(failed('malformed', 'data-folder-damaged', `${file} does not say which format the data folder has.`));
  if (format > dataFolderFormat)
    throw new Rejected(
      failed(
        'conflict',
        'data-folder-newer',
        `The data folder ${folder} has format ${format}; this version reads up to ${dataFolderFormat}. Run the version that wrote it.`,
      ),
    );
  if (text === undefined) writeFormat(file);
};

const formatIn = (text: string): number | undefined => {
  try {
    const { format } = JSON.parse(text) as { format?: unknown };
    return typeof format === 'number' ? format : undefined;
  } catch {
    return undefined;
  }
};

/** Renamed into place once it is on disk: a crash leaves the whole file or none. */
const writeFormat = (file: string): void => {
  const whole = `${file}.new`;
  const descriptor = openSync(whole, 'w');
  writeFileSync(descriptor, `${JSON.stringify({ format: dataFolderFormat })}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(whole, file);
};

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);

const inUse = (folder: string, pid: number | undefined): Rejected =>
  new Rejected(
    failed(
      'conflict',
      'data-folder-in-use',
      `The data folder ${folder} is in use by another process${pid === undefined ? '' : ` (${pid})`}. Stop it or choose another folder.`,
    ),
  );
