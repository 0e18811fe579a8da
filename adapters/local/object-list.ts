import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { invalidCursor, isObjectKey } from '../../domain/kernel/object-rules.ts';
import { orAbsent } from './durable-files.ts';
import { byteText, fromByteText, pieceOf } from './object-keys.ts';

type Found = { readonly bytes: string; readonly path: string; readonly isFile: boolean };

/** What a folder of entries holds, in the order of keys: an entry comes before the folder of keys that go on where it ends. */
const read = async (folder: string, base: string): Promise<readonly Found[]> => {
  const names = (await orAbsent(readdir(folder, { withFileTypes: true }))) ?? [];
  const found = names.flatMap((each): Found[] => {
    const piece = pieceOf(each.name, each.isFile());
    return piece === undefined ? [] : [{ bytes: base + piece, path: join(folder, each.name), isFile: each.isFile() }];
  });
  return found.sort((a, b) => (a.bytes === b.bytes ? Number(b.isFile) - Number(a.isFile) : a.bytes < b.bytes ? -1 : 1));
};

const mayHold = (folder: string, prefix: string, after: string): boolean =>
  (folder.startsWith(prefix) || prefix.startsWith(folder)) && (folder > after || after.startsWith(folder));

/** Paths of the entries whose key begins with `prefix` and comes after `after` (both byte texts), in the order of keys. */
export async function* entriesAfter(folder: string, prefix: string, after: string, base = ''): AsyncGenerator<string> {
  for (const { bytes, path, isFile } of await read(folder, base)) {
    if (!isFile && mayHold(bytes, prefix, after)) yield* entriesAfter(path, prefix, after, bytes);
    if (isFile && bytes > after && bytes.startsWith(prefix)) yield path;
  }
}

/** A cursor is the last key of its page. */
export const cursorAfter = (key: string): string => Buffer.from(key).toString('base64url');

/** The byte text that a cursor stands for; `Rejected` `invalid-cursor` for what no page ever gave. */
export const afterCursor = (cursor: string | undefined): string => {
  if (cursor === undefined) return '';
  const bytes = Buffer.from(cursor, 'base64url').toString('latin1');
  const key = fromByteText(bytes);
  if (isObjectKey(key) && byteText(key) === bytes && cursorAfter(key) === cursor) return bytes;
  throw invalidCursor();
};
