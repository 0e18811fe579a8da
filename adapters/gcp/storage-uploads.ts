import { createHash, type Hash } from 'node:crypto';
import { retrying } from '../cloud/retry.ts';
import { GcpError, isTransient } from './errors.ts';
import { storage } from './services.ts';
import type { StorageBucket, StoredObject } from './storage-bucket.ts';

/** What is said of an object before its bytes. */
export type Target = {
  readonly name: string;
  readonly contentType: string;
  /** Of the object there; 0 where there must be none. */
  readonly ifGenerationMatch?: number | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
};

const resourceOf = ({ name, contentType, metadata }: Target) => ({ name, contentType, ...(metadata && { metadata }) });
/** What is no character of a header's would end it. */
const inHeader = (text: string): string => text.replace(/[^\x20-\x7e]/g, '');
const md5 = (): Hash => createHash('md5');

/** One request with all of it (`uploadType=multipart`), which Cloud Storage checks by its MD5. May be sent again. */
export const uploadWhole = async (bucket: StorageBucket, target: Target, bytes: Uint8Array): Promise<StoredObject> => {
  const boundary = `hybrid-${createHash('sha256').update(bytes).digest('hex')}`;
  const resource = { ...resourceOf(target), md5Hash: md5().update(bytes).digest('base64') };
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(resource)}\r\n`),
    Buffer.from(`--${boundary}\r\ncontent-type: ${inHeader(target.contentType)}\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${boundary}--`),
  ]);
  const parameters = { uploadType: 'multipart', ifGenerationMatch: target.ifGenerationMatch };
  const response = await bucket.upload('InsertObject', parameters, { 'content-type': `multipart/related; boundary=${boundary}` }, body);
  return (await response.json()) as StoredObject;
};

/**
 * A resumable upload (https://cloud.google.com/storage/docs/performing-resumable-uploads#chunked-upload) of blocks, each but the last a multiple of
 * 256 KiB. A block whose answer was lost is asked for, and sent from where the service has it. A source that breaks off ends the upload: nothing is left.
 * What was stored is compared with what was sent by its MD5, and removed where it differs.
 */
export const uploadBlocks = async (bucket: StorageBucket, target: Target, blocks: AsyncIterable<Uint8Array>): Promise<StoredObject> => {
  const session = await startSession(bucket, target);
  const hash = md5();
  try {
    let sent = 0;
    let held: Uint8Array | undefined;
    for await (const block of blocks) {
      hash.update(block);
      if (held !== undefined) sent = await sendBlock(bucket, session, held, sent, undefined);
      held = block;
    }
    const last = held ?? new Uint8Array(0);
    const stored = await finish(bucket, session, last, sent);
    await checkWhole(bucket, stored, hash.digest('base64'));
    return stored;
  } catch (error) {
    await cancel(bucket, session);
    throw error;
  }
};

const startSession = async (bucket: StorageBucket, target: Target): Promise<string> => {
  const parameters = { uploadType: 'resumable', name: target.name, ifGenerationMatch: target.ifGenerationMatch };
  const headers = { 'content-type': 'application/json; charset=UTF-8', 'x-upload-content-type': inHeader(target.contentType) };
  const response = await bucket.upload('StartResumableUpload', parameters, headers, JSON.stringify(resourceOf(target)));
  await response.arrayBuffer();
  const session = response.headers.get('location');
  if (session === null) throw failure('StartResumableUpload', 'the answer names no session');
  return session;
};

const resumeIncomplete = 308;
const blockTimeout = 120_000;

const failure = (operation: string, message: string): GcpError =>
  new GcpError({ service: storage.name, operation, code: 'UploadFailed', status: 0, message });

/** One block, tried until it is taken. `total` where it is the last. Gives the answer to the last of it. */
const put = (bucket: StorageBucket, session: string, block: Uint8Array, start: number, total: number | undefined): Promise<Response> => {
  let [from, rest] = [start, block];
  const attempt = async (count: number): Promise<Response> => {
    if (count > 1) {
      const status = await ask(bucket, session, total);
      if (status.stored !== undefined) return status.stored;
      if (status.received < start) throw failure('PutBlock', `the service has ${status.received} of ${start} bytes that it took`);
      [from, rest] = [status.received, block.subarray(status.received - start)];
      if (rest.byteLength === 0 && total === undefined) return new Response(null);
    }
    const range = rest.byteLength === 0 ? `bytes */${total}` : `bytes ${from}-${from + rest.byteLength - 1}/${total ?? '*'}`;
    return send(bucket, session, { 'content-range': range }, rest);
  };
  return retrying(attempt, isTransient, bucket.client.backoff);
};

const send = (bucket: StorageBucket, session: string, headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<Response> =>
  bucket.client.whole(storage, {
    operation: 'PutBlock',
    method: 'PUT',
    path: session,
    headers,
    body,
    accepts: [resumeIncomplete],
    timeoutMillis: blockTimeout,
    retryable: () => false,
  });

/** How much the service has: all, with what became of it, or its first so many bytes. */
const ask = async (bucket: StorageBucket, session: string, total: number | undefined) => {
  const response = await send(bucket, session, { 'content-range': `bytes */${total ?? '*'}` }, new Uint8Array(0));
  if (response.status !== resumeIncomplete) return { stored: response, received: total ?? 0 };
  await response.arrayBuffer();
  return { stored: undefined, received: receivedIn(response) };
};

/** `Range: bytes=0-524287`; no such header where it has nothing. */
const receivedIn = ({ headers }: Response): number => {
  const last = /-(\d+)$/.exec(headers.get('range') ?? '')?.[1];
  return last === undefined ? 0 : Number(last) + 1;
};

/** Sends a block that is not the last; the service may take less of it and then asks for the rest. Gives how much it has. */
const sendBlock = async (bucket: StorageBucket, session: string, block: Uint8Array, start: number, total: undefined): Promise<number> => {
  const end = start + block.byteLength;
  for (let from = start; from < end; ) {
    const response = await put(bucket, session, block.subarray(from - start), from, total);
    await response.arrayBuffer();
    const received = response.status === resumeIncomplete ? receivedIn(response) : end;
    if (received <= from) throw failure('PutBlock', 'the service takes nothing of a block');
    from = received;
  }
  return end;
};

const finish = async (bucket: StorageBucket, session: string, last: Uint8Array, sent: number): Promise<StoredObject> => {
  const response = await put(bucket, session, last, sent, sent + last.byteLength);
  if (response.status === resumeIncomplete) {
    const received = receivedIn(response);
    await response.arrayBuffer();
    if (received <= sent) throw failure('PutBlock', 'the service takes nothing of the last block');
    return finish(bucket, session, last.subarray(received - sent), received);
  }
  return (await response.json()) as StoredObject;
};

const checkWhole = async (bucket: StorageBucket, stored: StoredObject, digest: string): Promise<void> => {
  if (stored.md5Hash === undefined || stored.md5Hash === digest) return;
  const parameters = { ifGenerationMatch: stored.generation };
  await bucket.call('DeleteObject', 'DELETE', { path: `/o/${encodeURIComponent(stored.name)}`, parameters });
  throw failure('PutBlock', 'what was stored is not what was sent');
};

/** What cannot be cancelled now ends by itself within a week. */
const cancel = async (bucket: StorageBucket, session: string): Promise<void> => {
  const request = {
    operation: 'CancelResumableUpload',
    method: 'DELETE',
    path: session,
    retryable: () => false as const,
    accepts: [499, 404, 410],
  };
  const response = await bucket.client.request(storage, request).catch(() => undefined);
  await response?.arrayBuffer().catch(() => undefined);
};
