import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The process that holds a data folder, as the folder says. */
export const holderOf = (folder: string): number => Number(readFileSync(join(folder, 'lock'), 'utf8').split(' ')[0]);

type Listed = { readonly pid: number; readonly parent: number; readonly rss: number };

const listed = (): readonly Listed[] => {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  const rows = stdout.trim().split('\n');
  return rows.map((row) => row.trim().split(/\s+/).map(Number)).map(([pid = 0, parent = 0, rss = 0]) => ({ pid, parent, rss }));
};

/** A process's children and theirs. */
export const descendantsOf = (pid: number): readonly number[] => {
  const all = listed();
  const below = (of: number): number[] => all.filter(({ parent }) => parent === of).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(pid);
};

export const isAlive = (pid: number): boolean => listed().some((process) => process.pid === pid);

/** Resident memory in bytes. */
export const residentBytes = (pid: number): number => {
  const status = ((): string | undefined => {
    try {
      return readFileSync(`/proc/${pid}/status`, 'utf8');
    } catch {
      return undefined;
    }
  })();
  const fromProc = status === undefined ? undefined : /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return 1024 * Number(fromProc ?? listed().find((process) => process.pid === pid)?.rss ?? 0);
};
