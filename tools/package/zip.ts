import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { deflateSync } from 'fflate';

/** A file of a zip: its path in there, and its bytes. */
export type ZipFile = { readonly path: string; readonly bytes: Uint8Array };

type Packed = { readonly name: Buffer; readonly crc: number; readonly size: number; readonly data: Uint8Array };

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
const version = 20;
const madeByUnix = (3 << 8) | version;
const utf8Names = 0x0800;
const deflated = 8;
/** 1980-01-01, the oldest that the format knows (APPNOTE 4.4.6): when a file was written is nobody's business. */
const date = (1 << 5) | 1;
/** A regular file that everybody may read. */
const mode = (0o100644 << 16) >>> 0;

/**
 * A zip whose bytes depend on its files alone: sorted, without times, and compressed by the same code on every machine (zlib's output differs
 * between processors). APPNOTE.TXT 6.3.10.
 */
export const zip = (files: readonly ZipFile[]): Buffer => {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(packed);
  const parts: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of sorted) {
    const head = Buffer.concat([localHeader(file), file.name]);
    directory.push(centralHeader(file, offset), file.name);
    parts.push(head, file.data);
    offset += head.length + file.data.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...parts, central, endOf(sorted.length, central.length, offset)]);
};

const packed = ({ path, bytes }: ZipFile): Packed => ({
  name: Buffer.from(path),
  crc: crc32(bytes),
  size: bytes.length,
  data: bytes.length > cachedFrom ? cachedDeflate(bytes) : deflateSync(bytes, { level: 9 }),
});

const numbers = (...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer => {
  const buffer = Buffer.alloc(fields.reduce((total, [, bytes]) => total + bytes, 0));
  let at = 0;
  for (const [value, bytes] of fields) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
};

/** What both headers of a file say. */
const facts = ({ name, crc, size, data }: Packed): readonly (readonly [number, 2 | 4])[] => [
  ...([
    [version, 2],
    [utf8Names, 2],
    [deflated, 2],
    [0, 2],
    [date, 2],
  ] as const),
  ...([
    [crc, 4],
    [data.length, 4],
    [size, 4],
    [name.length, 2],
    [0, 2],
  ] as const),
];

const localHeader = (file: Packed): Buffer => numbers([signatures.local, 4], ...facts(file));
const centralHeader = (file: Packed, offset: number): Buffer =>
  numbers([signatures.central, 4], [madeByUnix, 2], ...facts(file), [0, 2], [0, 2], [0, 2], [mode, 4], [offset, 4]);
const endOf = (count: number, size: number, offset: number): Buffer =>
  numbers([signatures.end, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [offset, 4], [0, 2]);

/** Libraries take seconds to compress, and are the same in many zips. */
const cachedFrom = 4_000_000;
const cache = fileURLToPath(new URL('../../.cache/package/', import.meta.url));

const cachedDeflate = (bytes: Uint8Array): Uint8Array => {
  const file = join(cache, `${createHash('sha256').update(bytes).digest('hex')}.deflated`);
  if (existsSync(file)) return readFileSync(file);
  const data = deflateSync(bytes, { level: 6 });
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, data);
  renameSync(`${file}.${process.pid}`, file);
  return data;
};
