import { randomBytes } from 'node:crypto';
import { elements, textOf } from '../cloud/xml.ts';
import type { BlobContainer } from './blob-container.ts';
import type { AzureAnswer } from './client.ts';

/**
 * Blocks wait, unseen, at the name of the blob that they shall become, for a week at most. The ids of all blocks of a blob have one length, so that
 * those of puts and uploads have one form: who makes the blob, which part it is, when it came, and a nonce, in 48 characters.
 */
export type Block = { readonly owner: string; readonly part: number; readonly mark: string };

const ownerLength = 24;
const partDigits = 5;
const markLength = 19;
const idLength = ownerLength + partDigits + markLength;

/** Who makes a blob of blocks: 24 characters of base64url. */
export const newOwner = (): string => randomBytes(18).toString('base64url');
export const isOwner = (text: string): boolean => /^[\w-]{24}$/.test(text);

/** A mark that is greater than those before it, as far as clocks agree. */
const newMark = (): string =>
  `${Date.now().toString(36).padStart(9, '0')}${randomBytes(8)
    .toString('hex')
    .slice(0, markLength - 9)}`;
export const newBlock = (owner: string, part: number): Block => ({ owner, part, mark: newMark() });

const idOf = ({ owner, part, mark }: Block): string =>
  Buffer.from(`${owner}${String(part).padStart(partDigits, '0')}${mark}`).toString('base64');

const blockOf = (id: string): Block | undefined => {
  const text = Buffer.from(id, 'base64').toString();
  if (text.length !== idLength) return undefined;
  const part = Number(text.slice(ownerLength, ownerLength + partDigits));
  return { owner: text.slice(0, ownerLength), part, mark: text.slice(ownerLength + partDigits) };
};

export const putBlock = async (container: BlobContainer, name: string, block: Block, body: Uint8Array): Promise<void> => {
  await container.call('PutBlock', 'PUT', { name, parameters: { comp: 'block', blockid: idOf(block) }, body });
};

/**
 * The blob becomes these blocks, in their order; what else waits there is gone. Sent again it does the same: what no longer waits is found in the
 * blob (`Latest`).
 */
export const commitBlocks = (
  container: BlobContainer,
  name: string,
  blocks: readonly Block[],
  headers: Readonly<Record<string, string>>,
): Promise<AzureAnswer> => {
  const list = blocks.map((block) => `<Latest>${idOf(block)}</Latest>`).join('');
  const body = Buffer.from(`<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`);
  return container.call('PutBlockList', 'PUT', { name, parameters: { comp: 'blocklist' }, headers, body });
};

/** The blocks of an owner that wait at a name, or that the blob there is made of, with their sizes in bytes. */
export const blocksOfOwner = async (
  container: BlobContainer,
  name: string,
  owner: string,
): Promise<readonly { readonly block: Block; readonly sizeBytes: number }[]> => {
  const { body } = await container.call('GetBlockList', 'GET', { name, parameters: { comp: 'blocklist', blocklisttype: 'all' } });
  return elements(body, 'Block').flatMap((xml) => {
    const block = blockOf(textOf(xml, 'Name') ?? '');
    return block?.owner === owner ? [{ block, sizeBytes: Number(textOf(xml, 'Size')) }] : [];
  });
};
