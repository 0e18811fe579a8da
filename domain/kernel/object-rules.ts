import { type Failure, failed, Rejected } from './failure.ts';
import type { ObjectBody, ObjectInfo, ObjectStore } from './object-store.ts';

/** What holds for objects wherever they are kept: which keys, parts, pages and grants there may be, and how refusals read. */
const maxKeyBytes = 1024;
const loneSurrogate = /\p{Surrogate}/u;
const utf8 = new TextEncoder();

/** Whether a text may be an object's key: well-formed Unicode of 1 to 1,024 bytes without an empty, `.` or `..` segment. */
export const isObjectKey = (key: string): boolean =>
  !loneSurrogate.test(key) &&
  utf8.encode(key).length <= maxKeyBytes &&
  key.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');

export const invalidObjectKey = (): Failure<'invalid-object-key'> =>
  failed(
    'invalid',
    'invalid-object-key',
    `An object key is 1 to ${maxKeyBytes} bytes of Unicode in segments between "/", none of them empty, "." or "..".`,
  );
export const objectExists = (key: string): Failure<'object-exists'> =>
  failed('precondition-failed', 'object-exists', `There is already an object ${JSON.stringify(key)}.`);
export const objectNotFound = (key: string): Failure<'object-not-found'> =>
  failed('not-found', 'object-not-found', `There is no object ${JSON.stringify(key)}.`);
export const objectTooLarge = (maxBytes: number): Failure<'object-too-large'> =>
  failed('too-large', 'object-too-large', `At most ${maxBytes} bytes are taken here.`, { maxBytes });
export const rangeNotSatisfiable = ({ sizeBytes }: Pick<ObjectInfo, 'sizeBytes'>): Failure<'range-not-satisfiable'> =>
  failed('invalid', 'range-not-satisfiable', `The object has ${sizeBytes} bytes.`, { sizeBytes });

/** The SHA-256 that a key promises of its content, in hexadecimal: artifacts lie under theirs. */
export const sha256OfKey = (key: string): string | undefined => /\/sha256\/([0-9a-f]{64})$/.exec(key)?.[1];

export const defaultContentType = 'application/octet-stream';

/** The most that a PUT to a presigned URL brings: as much as S3 takes at once, where it is most strictly seen to. */
const presignedPutBytes = 5 * 1024 ** 3;

/** What Cloud Storage signs of a PUT: without it, or with more than it says, nothing is stored. */
export const presignedPutSize: Readonly<Record<string, string>> = { 'x-goog-content-length-range': `0,${presignedPutBytes}` };

/** What is sent with a PUT to a presigned URL, beside the type: one store takes none without the one (Put Blob) or the other, the rest pass over them. */
export const presignedPutHeaders: Readonly<Record<string, string>> = { 'x-ms-blob-type': 'BlockBlob', ...presignedPutSize };

export const maxParts = 10_000;
export const minPartBytes = 5 * 1024 * 1024;
export const isPartNumber = (part: number): boolean => Number.isInteger(part) && part >= 1 && part <= maxParts;
export const uploadNotFound = (): Failure<'upload-not-found'> =>
  failed('not-found', 'upload-not-found', 'There is no such upload; it was completed, aborted or never started.');
export const invalidPart = (detail: string): Failure<'invalid-part'> => failed('invalid', 'invalid-part', detail);
export const invalidPartNumber = (): Failure<'invalid-part'> => invalidPart(`Parts are numbered from 1 to ${maxParts}.`);
/** Why these parts cannot make an object; nothing where they may. */
export const refusedParts = (parts: Parameters<ObjectStore['completeMultipart']>[1]): Failure<'invalid-part'> | undefined =>
  parts.length === 0 || new Set(parts.map(({ part }) => part)).size < parts.length
    ? invalidPart('Name every part once, and at least one.')
    : undefined;
export const partTooSmall = (part: number): Failure<'invalid-part'> =>
  invalidPart(`Part ${part} is smaller than ${minPartBytes} bytes, which only the last may be.`);

const maxExpirySeconds = 7 * 24 * 3600;

/** Throws `Rejected` `invalid-object-key` or `invalid-expiry` for what no presigned URL may grant. */
export const checkGrant = (key: string, expiresInSeconds: number): void => {
  if (!isObjectKey(key)) throw new Rejected(invalidObjectKey());
  if (!(expiresInSeconds >= 1 && expiresInSeconds <= maxExpirySeconds))
    throw new Rejected(failed('invalid', 'invalid-expiry', `A presigned URL expires after 1 to ${maxExpirySeconds} seconds.`));
};

const defaultLimit = 100;
const maxLimit = 1000;
export const pageLimit = (limit: number | undefined): number => Math.min(Math.max(Math.trunc(limit ?? defaultLimit), 1), maxLimit);
export const invalidCursor = (): Rejected =>
  new Rejected(failed('invalid', 'invalid-cursor', 'The cursor is not one that a page of this list gave.'));

/**
 * The source's bytes; past `maxBytes` of them it throws `tooLarge` and asks for no more. A stream is left to its owner rather than cancelled:
 * cancelling a request's body closes the connection on which the refusal has to travel.
 */
export async function* bytesOf(
  source: AsyncIterable<Uint8Array> | ObjectBody,
  limit?: { readonly maxBytes: number; readonly tooLarge: Rejected },
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of source instanceof ReadableStream ? source.values({ preventCancel: true }) : source) {
    total += chunk.byteLength;
    if (limit !== undefined && total > limit.maxBytes) throw limit.tooLarge;
    yield chunk;
  }
}
