import { copyFile, open, writeFile } from 'node:fs/promises';
import { failed, Rejected } from '../../domain/kernel/failure.ts';

/** Brings a file or folder to the disk; a rename, a link or a removal is there only once its folder is. */
export const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Writes a file that must not exist yet (readable by its owner alone) and returns once its bytes are on disk. What broke off stays for the caller to remove. */
export const writeDurably = async (path: string, content: string | AsyncIterable<Uint8Array>): Promise<void> => {
  const handle = await open(path, 'wx', 0o600);
  try {
    await writeFile(handle, content);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Copies a file within the kernel (sharing blocks where the file system can). */
export const copyDurably = async (from: string, to: string): Promise<void> => {
  await copyFile(from, to);
  await sync(to);
};

/** The `code` of a system error (`ENOENT`), if it is one. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const fullCodes: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Runs a write; a full disk, a used-up quota or a file-size limit becomes `Rejected` `storage-full`. */
export const orStorageFull = async <T>(write: () => Promise<T>): Promise<T> => {
  try {
    return await write();
  } catch (error) {
    if (!fullCodes.has(errorCode(error))) throw error;
    throw new Rejected(
      failed('storage-full', 'storage-full', `There is no room left to write to (${errorCode(error)}); free some and try again.`),
    );
  }
};

/** The value of a promise, or undefined where what it reads is not there. */
export const orAbsent = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
};
