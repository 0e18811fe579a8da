import { closeSync, openSync, readSync } from 'node:fs';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { errorCode } from './durable-files.ts';

/** LMDB's `MDB_MAGIC`, little endian, and where its first two pages hold it. */
const magic = 0xbeefc0de;
const magicAt = 24;

/**
 * Looks whether a file is one of LMDB's before LMDB maps it: what is not ends the process, and says nothing. Throws `Rejected`
 * `data-folder-damaged`; a file that is not there, or empty, is about to be made.
 */
export const checkStoreFile = (path: string, pageSize: number): void => {
  const file = openIfThere(path);
  if (file === undefined) return;
  try {
    const head = Buffer.alloc(2 * pageSize);
    const read = readSync(file, head, 0, head.length, 0);
    if (read === 0) return;
    const sound = read === head.length && [0, pageSize].some((page) => head.readUInt32LE(page + magicAt) === magic);
    if (!sound) throw damaged(path);
  } finally {
    closeSync(file);
  }
};

const damaged = (path: string) =>
  new Rejected(
    failed('malformed', 'data-folder-damaged', `${path} is no store of this platform (any more): restore the data folder from a backup.`),
  );

const openIfThere = (path: string): number | undefined => {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};
