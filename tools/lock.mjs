import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** A link is made whole or not at all, so nobody reads a lock that is half written. */
const link = (from, to) => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
};

const holderOf = (file) => {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** A lock whose holder died is moved aside before it is looked at again: of two who try, one takes it, and nobody takes a live successor's. */
const removeStale = (file, own) => {
  const holder = holderOf(file);
  if (holder === undefined || isAlive(holder)) return;
  const aside = `${own}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (isAlive(holderOf(aside) ?? 0)) link(aside, file);
  rmSync(aside, { force: true });
};

const pause = (millis) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis);

/** Runs `work` while no other process on this machine runs one under the same file; waits for that. A holder that was killed does not count. */
export const withLock = async (file, work) => {
  mkdirSync(dirname(file), { recursive: true });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  while (!link(own, file)) {
    removeStale(file, own);
    pause(50);
  }
  rmSync(own, { force: true });
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
};
