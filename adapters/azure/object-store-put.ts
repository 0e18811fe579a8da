import { randomUUID } from 'node:crypto';
import type { Failure } from '../../domain/kernel/failure.ts';
import { objectExists } from '../../domain/kernel/object-rules.ts';
import type { ObjectInfo } from '../../domain/kernel/object-store.ts';
import { eachOf } from '../cloud/each-of.ts';
import { commitBlocks, newBlock, newOwner, putBlock } from './blob-blocks.ts';
import { type BlobContainer, infoOf, momentOf, nameOf, unquoted } from './blob-container.ts';
import { type AzureError, isAzureError } from './errors.ts';

/** What fits is put by one request; of more, blocks of this size are held at a time. In bytes. */
export const partBytes = 8 * 1024 * 1024;
const blocksAtOnce = 3;

export type Target = { readonly key: string; readonly contentType: string; readonly onlyIfAbsent: boolean };

/** Puts blocks of `partBytes`, the last of which may be shorter. A source that breaks off leaves nothing that is seen. */
export const putBlocks = async (
  container: BlobContainer,
  target: Target,
  blocks: AsyncGenerator<Uint8Array>,
): Promise<ObjectInfo | Failure<'object-exists'>> => {
  const first = await blocks.next();
  const second = first.done ? first : await blocks.next();
  const head = first.done ? new Uint8Array(0) : first.value;
  return second.done ? putWhole(container, target, head) : putParts(container, target, joined([head, second.value], blocks));
};

async function* joined(head: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head;
  yield* rest;
}

/** By this a blob shows which write made it: a write whose answer was lost, and which is then refused because of itself, has succeeded. */
export const writeHeader = 'x-ms-meta-write';

const headersOf = ({ contentType, onlyIfAbsent }: Target, write: string): Record<string, string> => ({
  'x-ms-blob-content-type': contentType,
  ...(onlyIfAbsent && { [writeHeader]: write, 'if-none-match': '*' }),
});

const putWhole = async (container: BlobContainer, target: Target, body: Uint8Array) => {
  const { key, contentType } = target;
  const write = randomUUID();
  try {
    const headers = { ...headersOf(target, write), 'x-ms-blob-type': 'BlockBlob' };
    const answer = await container.call('PutBlob', 'PUT', { name: nameOf(key), headers, body });
    return made(key, contentType, body.byteLength, answer.headers);
  } catch (error) {
    return ownOrTaken(container, target, write, error);
  }
};

const made = (key: string, contentType: string, sizeBytes: number, headers: Headers): ObjectInfo => ({
  key,
  sizeBytes,
  etag: unquoted(headers.get('etag') ?? ''),
  contentType,
  modifiedAt: momentOf(headers.get('last-modified')),
});

const putParts = async (container: BlobContainer, target: Target, source: AsyncIterable<Uint8Array>) => {
  const { key, contentType } = target;
  const [write, owner, name] = [randomUUID(), newOwner(), nameOf(key)];
  let sizeBytes = 0;
  const blocks = await eachOf(source, blocksAtOnce, async (content, index) => {
    const block = newBlock(owner, index + 1);
    sizeBytes += content.byteLength;
    await putBlock(container, name, block, content);
    return block;
  });
  try {
    const { headers } = await commitBlocks(container, name, blocks, headersOf(target, write));
    return made(key, contentType, sizeBytes, headers);
  } catch (error) {
    return ownOrTaken(container, target, write, error);
  }
};

/** A condition did not hold, or another's put has taken away the blocks that waited here. */
const isRefused = (error: unknown): error is AzureError =>
  isAzureError(error, 'BlobAlreadyExists', 'ConditionNotMet', 'InvalidBlockList', 412);

/** Whether a write was refused because the key is taken, and not by itself. Any other error is thrown. */
export const ownOrTaken = async (
  container: BlobContainer,
  { key, onlyIfAbsent }: Pick<Target, 'key' | 'onlyIfAbsent'>,
  write: string,
  error: unknown,
) => {
  if (!onlyIfAbsent || !isRefused(error)) throw error;
  // Who may put and not read learns less: nothing of who was first.
  const found = await container.call('GetBlobProperties', 'HEAD', { name: nameOf(key) }).catch(() => undefined);
  if (found?.headers.get(writeHeader) === write) return infoOf(key, found.headers);
  if (found === undefined && error.details.code === 'InvalidBlockList') throw error;
  return objectExists(key);
};
