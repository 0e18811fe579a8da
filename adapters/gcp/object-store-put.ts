import { randomUUID } from 'node:crypto';
import type { Failure } from '../../domain/kernel/failure.ts';
import { objectExists } from '../../domain/kernel/object-rules.ts';
import type { ObjectInfo } from '../../domain/kernel/object-store.ts';
import { hasStatus } from './errors.ts';
import { infoOf, keyOfName, type StorageBucket } from './storage-bucket.ts';
import { type Target, uploadBlocks, uploadWhole } from './storage-uploads.ts';

/** What fits is put by one request; of more, two blocks of this size are held at a time. In bytes, a multiple of 256 KiB. */
export const blockBytes = 8 * 1024 * 1024;

type Put = { readonly name: string; readonly contentType: string; readonly onlyIfAbsent: boolean };

/** Puts blocks of `blockBytes`, the last of which may be shorter. A source that breaks off leaves nothing. */
export const putBlocks = async (
  bucket: StorageBucket,
  { name, contentType, onlyIfAbsent }: Put,
  blocks: AsyncGenerator<Uint8Array>,
): Promise<ObjectInfo | Failure<'object-exists'>> => {
  const first = await blocks.next();
  const second = first.done ? first : await blocks.next();
  const head = first.done ? new Uint8Array(0) : first.value;
  return unlessTaken(bucket, name, onlyIfAbsent, async (condition) => {
    const target: Target = { name, contentType, ...condition };
    const stored = second.done ? uploadWhole(bucket, target, head) : uploadBlocks(bucket, target, joined([head, second.value], blocks));
    return infoOf(await stored);
  });
};

async function* joined(head: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head;
  yield* rest;
}

/** By this an object shows which write made it: a write whose answer was lost, and which is then refused because of itself, has succeeded. */
const writeName = 'write';

export type Condition = Pick<Target, 'ifGenerationMatch' | 'metadata'>;

/** Writes, where asked so only if there is nothing of that name. */
export const unlessTaken = async (
  bucket: StorageBucket,
  name: string,
  onlyIfAbsent: boolean,
  write: (condition: Condition) => Promise<ObjectInfo>,
): Promise<ObjectInfo | Failure<'object-exists'>> => {
  if (!onlyIfAbsent) return write({});
  const id = randomUUID();
  try {
    return await write({ ifGenerationMatch: 0, metadata: { [writeName]: id } });
  } catch (error) {
    if (!hasStatus(error, 412)) throw error;
    // Who may put and not read learns less: nothing of who was first.
    const there = await bucket.object(name).catch(() => undefined);
    return there?.metadata?.[writeName] === id ? infoOf(there) : objectExists(keyOfName(name));
  }
};
