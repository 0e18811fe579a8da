import { join } from 'node:path';

const chunkBytes = 80;
const suffix = '.json';

/** A key's UTF-8 bytes, one to a character, so that texts compare in the order of bytes. */
export const byteText = (key: string): string => Buffer.from(key).toString('latin1');
export const fromByteText = (bytes: string): string => Buffer.from(bytes, 'latin1').toString();

const escaped = (bytes: string): string =>
  bytes.replace(/[^A-Za-z0-9_-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

const unescaped = (name: string): string => name.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/**
 * Where a key's entry lies below the folder of entries: pieces of 80 bytes, all but the last a folder, so that a name of 1,024 bytes fits the
 * 255 bytes of a file name. `/` is a byte like any other, which keeps `a` beside `a/b` and the listing in the order of keys. A dot is escaped,
 * so that no folder is ever named like a file.
 */
export const entryName = (key: string): string => {
  const pieces = byteText(key).match(new RegExp(`[^]{1,${chunkBytes}}`, 'g')) ?? [];
  return `${join(...pieces.map(escaped))}${suffix}`;
};

/** What a file or folder of entries contributes to the byte text of a key; undefined for what is none of ours. */
export const pieceOf = (name: string, isFile: boolean): string | undefined => {
  if (!isFile) return unescaped(name);
  return name.endsWith(suffix) ? unescaped(name.slice(0, -suffix.length)) : undefined;
};
