import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectInfo } from '../../domain/kernel/object-store.ts';
import { type BlobContainer, momentOf, nameOf, unquoted } from './blob-container.ts';
import { AzureError } from './errors.ts';
import { writeHeader } from './object-store-put.ts';

export type Copy = {
  readonly from: string;
  readonly to: string;
  /** Of the source as it was looked at. */
  readonly etag: string;
  readonly onlyIfAbsent: boolean;
  readonly write: string;
};

const pollMillis = 250;
const longestMillis = 5 * 60_000;

/** Copies by the service (Copy Blob); within an account that is done at once as a rule, and waited for where it is not. */
export const copyBlob = async (
  container: BlobContainer,
  { from, to, etag, onlyIfAbsent, write }: Copy,
): Promise<Pick<ObjectInfo, 'etag' | 'modifiedAt'>> => {
  const name = nameOf(to);
  let { headers } = await container.call('CopyBlob', 'PUT', {
    name,
    headers: {
      'x-ms-copy-source': container.urlOf(nameOf(from)),
      'x-ms-source-if-match': `"${etag}"`,
      [writeHeader]: write,
      ...(onlyIfAbsent && { 'if-none-match': '*' }),
    },
  });
  const deadline = performance.now() + longestMillis;
  while (headers.get('x-ms-copy-status') === 'pending') {
    if (performance.now() > deadline) throw notCopied('CopyTakesTooLong', 'the copy is still under way');
    await sleep(pollMillis);
    ({ headers } = await container.call('GetBlobProperties', 'HEAD', { name }));
  }
  const status = headers.get('x-ms-copy-status');
  if (status === 'failed' || status === 'aborted') throw notCopied('CopyFailed', headers.get('x-ms-copy-status-description') ?? status);
  return { etag: unquoted(headers.get('etag') ?? ''), modifiedAt: momentOf(headers.get('last-modified')) };
};

const notCopied = (code: string, message: string): AzureError =>
  new AzureError({ service: 'Blob Storage', operation: 'CopyBlob', code, status: 202, message });
