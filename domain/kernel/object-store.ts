import type { Failure } from './failure.ts';

export type ObjectInfo = {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly contentType: string;
  readonly modifiedAt: string;
};

/** A list does not say of what type objects are: not every store keeps that where it lists. */
export type ListedObject = Omit<ObjectInfo, 'contentType'>;

/** Inclusive byte positions, as in HTTP's `Range`; `end` absent means to the end. */
export type ByteRange = { readonly start: number; readonly end?: number };

export type ObjectBody = ReadableStream<Uint8Array>;

export type PutOptions = {
  readonly contentType?: string;
  /** Refuse (`object-exists`) where the key is taken; of parallel writers exactly one wins. */
  readonly ifNoneMatch?: '*';
  /** Stop reading and refuse (`object-too-large`) past this many bytes. */
  readonly maxBytes?: number;
};
export type PutFailure = Failure<'object-exists' | 'object-too-large' | 'invalid-object-key'>;

/**
 * Objects by key (`/`-separated, at most 1,024 bytes, no empty, `.` or `..` segment: `invalid-object-key`). Bodies are streamed, never held whole.
 * A put is atomic: readers see the old object or the new one, and a source that breaks off (its error is rethrown) leaves nothing.
 * An acknowledged write is on disk. Throws `Rejected` `storage-full` where the disk is.
 */
export type ObjectStore = {
  put(key: string, body: AsyncIterable<Uint8Array> | ObjectBody, options?: PutOptions): Promise<ObjectInfo | PutFailure>;
  get(
    key: string,
    range?: ByteRange,
  ): Promise<{ readonly info: ObjectInfo; readonly body: ObjectBody } | undefined | Failure<'range-not-satisfiable'>>;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** Copies within the store, without the bytes passing through the caller. */
  copy(
    from: string,
    to: string,
    options?: Pick<PutOptions, 'ifNoneMatch'>,
  ): Promise<ObjectInfo | Failure<'object-exists' | 'object-not-found' | 'invalid-object-key'>>;
  /** Deleting what is not there is no failure. */
  delete(key: string): Promise<void>;
  list(
    prefix: string,
    page?: { readonly limit?: number; readonly cursor?: string },
  ): Promise<{ readonly items: readonly ListedObject[]; readonly next: string | null }>;
  startMultipart(key: string, options?: Pick<PutOptions, 'contentType'>): Promise<string>;
  /** Parts are numbered 1 to 10,000; each but the last holds at least 5 MiB. Putting a number again replaces that part. */
  putPart(
    uploadId: string,
    part: number,
    body: AsyncIterable<Uint8Array> | ObjectBody,
  ): Promise<{ readonly etag: string } | Failure<'upload-not-found' | 'invalid-part'>>;
  completeMultipart(
    uploadId: string,
    parts: readonly { readonly part: number; readonly etag: string }[],
  ): Promise<ObjectInfo | Failure<'upload-not-found' | 'invalid-part'>>;
  abortMultipart(uploadId: string): Promise<void>;
  /** A URL that lets its holder GET or PUT this one key until it expires (1 s to 7 days), and nothing else. A PUT sends `presignedPutHeaders`. */
  presign(method: 'GET' | 'PUT', key: string, expiresInSeconds: number): Promise<string>;
};
