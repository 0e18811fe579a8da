import { constants, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Item, WriteOutcome } from '../../domain/kernel/table.ts';
import { orStorageFull, sync } from './durable-files.ts';
import type { LocalTable } from './table.ts';

/** Two files take turns: one is written while what the other holds goes to the table. They are laid out in full, so that a write changes no metadata. */
const segmentBytes = 4 * 1024 * 1024;
const segmentNames = ['a', 'b'] as const;
/** Length and CRC-32 of what follows, each an unsigned 32-bit integer, little endian. */
const headerBytes = 8;
/** How long items are gathered before they go to the table, and how long it is left alone when it has refused them. */
const drainEveryMillis = 200;
const retryAfterMillis = 1000;

type Waiting = { readonly item: Item; readonly resolve: (outcome: WriteOutcome) => void; readonly reject: (error: unknown) => void };
type Segment = { readonly file: FileHandle; used: number; items: Item[] };
type Puts = Pick<LocalTable, 'putNew'>;

/**
 * Puts of new items that are on disk after one sequential write and in the table some time later. A transaction of LMDB flushes the disk twice and
 * rewrites a path of pages; a usage fact, which nobody reads at once and nothing decides by, need not wait for that.
 */
export type PutJournal = {
  /** On disk when it resolves; in the table within a fraction of a second, unless an item with that key is there already. Throws `Rejected` `storage-full`. */
  put(item: Item): Promise<WriteOutcome>;
  /** Resolves when the table has everything that was put before. */
  drained(): Promise<void>;
  /** Drains and lets go of the files. */
  close(): Promise<void>;
};

export type PutJournalOptions = {
  readonly folder: string;
  readonly table: Puts;
  readonly onFailure: (error: unknown) => void;
};

/** Opens the journal in a folder. What an earlier process left in it goes to the table first; doing so again is harmless, for keys are put once. */
export const putJournal = ({ folder, table, onFailure }: PutJournalOptions): PutJournal => {
  const waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let draining: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const segments = turns(folder, table);

  const drain = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const next = draining.then(segments.drain);
    draining = next.catch(() => undefined);
    return next;
  };

  const drainSoon = (millis = drainEveryMillis): void => {
    if (closed) return;
    timer ??= setTimeout(() => {
      drain().catch((error) => {
        onFailure(error);
        drainSoon(retryAfterMillis);
      });
    }, millis);
  };

  const append = async (batch: readonly Waiting[]): Promise<void> => {
    const items = batch.map(({ item }) => item);
    const record = encodeRecord(items);
    if (!(await segments.hasRoom(record.length))) await drain();
    await segments.append(record, items);
  };

  const writeBatch = async (): Promise<void> => {
    const batch = waiting.splice(0, largestBatch);
    try {
      await append(batch);
      for (const { resolve } of batch) resolve(written);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    drainSoon();
  };

  const write = (): void => {
    if (waiting.length === 0 || writing !== undefined) return;
    writing = writeBatch().finally(() => {
      writing = undefined;
      write();
    });
  };

  drainSoon();
  return {
    put(item) {
      if (closed) return Promise.reject(new Rejected(failed('unavailable', 'storage-closed', 'The store is closed.')));
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (waiting.length === 1 && writing === undefined) setImmediate(write);
      });
    },
    drained: drain,
    async close() {
      closed = true;
      while (waiting.length > 0 || writing !== undefined) await (writing ?? new Promise(setImmediate));
      await drain().finally(segments.close);
    },
  };
};

const written: WriteOutcome = { written: true };
const largestBatch = 5000;

/** The two segments: one takes records while what the other holds goes to the table. */
const turns = (folder: string, table: Puts) => {
  let active = 0;
  let appending: Promise<unknown> = Promise.resolve();
  const appendTo = appender();
  let opening: Promise<readonly Segment[]> | undefined;

  // An opening that failed (on a full disk, say) is tried again by whoever comes next.
  const opened = (): Promise<readonly Segment[]> => {
    opening ??= orStorageFull(() => openSegments(folder, table)).catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const current = async (): Promise<Segment> => (await opened())[active] as Segment;
  const empty = async (): Promise<void> => {
    const other = (await opened())[1 - active] as Segment;
    await table.putNew(other.items);
    other.items = [];
    other.used = 0;
  };

  return {
    hasRoom: async (bytes: number): Promise<boolean> => (await current()).used + bytes <= segmentBytes,
    async append(record: Buffer, items: readonly Item[]): Promise<void> {
      const both = await opened();
      // From here to `appending` nothing waits, so that a drain sees this write and waits for it.
      const segment = both[active] as Segment;
      if (segment.used + record.length > segmentBytes) throw full();
      const write = appendTo(segment, record, items);
      appending = write.catch(() => undefined);
      await write;
    },
    /** What the table refuses stays, and is offered again by the next drain. */
    async drain(): Promise<void> {
      await empty();
      if ((await current()).used === 0) return;
      active = 1 - active;
      await appending;
      await empty();
    },
    async close(): Promise<void> {
      for (const { file } of await opened()) await file.close();
    },
  };
};

/** A disk that takes longer than this for a write is slow. */
const slowMillis = 1;

/** On a quick disk writes at once, which costs less than handing it to another thread and back; on a slow one others go on meanwhile. */
const appender = () => {
  let slow = false;
  return async (segment: Segment, record: Buffer, items: readonly Item[]): Promise<void> => {
    const { file, used } = segment;
    const began = performance.now();
    await orStorageFull(async () => {
      if (slow) await writeWhole(file, record, used);
      else writeWholeSync(file, record, used);
    });
    slow = performance.now() - began > slowMillis;
    segment.used += record.length;
    segment.items.push(...items);
  };
};

/** A disk that fills up takes a part of a write and says nothing; the next write says it. */
const writeWhole = async (file: FileHandle, bytes: Buffer, position: number): Promise<void> => {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
};
const writeWholeSync = ({ fd }: FileHandle, bytes: Buffer, position: number): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, position + at);
};

const full = () =>
  new Rejected(failed('storage-full', 'storage-full', 'The disk is full: usage cannot be recorded. It works again once there is room.'));

const encodeRecord = (items: readonly Item[]): Buffer => {
  const json = JSON.stringify(items);
  const record = Buffer.allocUnsafe(headerBytes + Buffer.byteLength(json));
  record.write(json, headerBytes);
  record.writeUInt32LE(record.length - headerBytes, 0);
  record.writeUInt32LE(crc32(record.subarray(headerBytes)), 4);
  return record;
};

const openSegments = async (folder: string, table: Puts): Promise<readonly Segment[]> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const segments: Segment[] = [];
  try {
    for (const name of segmentNames) {
      const file = await open(join(folder, name), constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC, 0o600);
      segments.push({ file, used: 0, items: [] });
      await layOut(file);
    }
    await sync(folder);
    for (const { file } of segments) await recover(file, table);
    return segments;
  } catch (error) {
    for (const { file } of segments) await file.close();
    throw error;
  }
};

const layOut = async (file: FileHandle): Promise<void> => {
  const { size } = await file.stat();
  if (size < segmentBytes) await writeWhole(file, Buffer.alloc(segmentBytes - size), size);
};

const recover = async (file: FileHandle, table: Puts): Promise<void> => {
  const bytes = Buffer.alloc(segmentBytes);
  await file.read(bytes, 0, segmentBytes, 0);
  for (const items of recordsOf(bytes)) await table.putNew(items);
  // What is in the table need not be read again.
  await file.write(Buffer.alloc(headerBytes), 0, headerBytes, 0);
};

/** The records from the beginning on, up to the first that is not whole: one that was never acknowledged, or what an earlier turn has left. */
export function* recordsOf(bytes: Buffer): Generator<readonly Item[]> {
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    const payload = bytes.subarray(at + headerBytes, at + headerBytes + length);
    if (length === 0 || payload.length < length || crc32(payload) !== bytes.readUInt32LE(at + 4)) return;
    yield JSON.parse(payload.toString()) as Item[];
    at += headerBytes + length;
  }
}
