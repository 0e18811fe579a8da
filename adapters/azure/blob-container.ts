import { createHash } from 'node:crypto';
import { defaultContentType } from '../../domain/kernel/object-rules.ts';
import type { ObjectInfo } from '../../domain/kernel/object-store.ts';
import type { AzureAnswer, AzureClient } from './client.ts';
import { blobs } from './services.ts';
import { ordered, unordered } from './table-text.ts';

export type BlobRequest = {
  /** A blob's name as `nameOf` gives it; the container itself where there is none. */
  readonly name?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

/** One container, by the REST API of Blob Storage (https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api). All throw `AzureError`. */
export type BlobContainer = {
  /** `https://<account>.blob.core.windows.net/<container>`, or with an emulator's account before the container. */
  readonly url: string;
  call(operation: string, method: string, request: BlobRequest): Promise<AzureAnswer>;
  /** An answer whose body the caller reads or cancels. */
  open(operation: string, method: string, request: BlobRequest): Promise<Response>;
  urlOf(name: string): string;
};

/**
 * The name of a key's blob: the key, in a form that is ordered by its bytes, whatever the service orders by. The service takes `\\` for `/`, so it
 * goes as `[1`, and `[`, which is just before it in the order, as `[0`.
 */
export const nameOf = (key: string): string => ordered(key.replaceAll(/[[\\]/g, (character) => (character === '[' ? '[0' : '[1')));
/** The key of a blob's name. */
export const keyOf = (name: string): string => unordered(name).replaceAll(/\[[01]/g, (pair) => (pair === '[0' ? '[' : '\\'));

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const query = (parameters: Readonly<Record<string, string | number>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`)
    .join('&');

export const blobContainer = (client: AzureClient, place: string): BlobContainer => {
  const url = place.replace(/\/+$/, '');
  const urlOf = (name: string): string => `${url}/${name.split('/').map(encoded).join('/')}`;
  const requestOf = (operation: string, method: string, { name, parameters = {}, headers = {}, body }: BlobRequest) => ({
    operation,
    method,
    url: `${name === undefined ? url : urlOf(name)}${Object.keys(parameters).length === 0 ? '' : `?${query(parameters)}`}`,
    // The service compares it with what arrived (Md5Mismatch): what is stored is what was sent.
    headers: body === undefined || body.byteLength === 0 ? headers : { ...headers, 'content-md5': md5(body) },
    ...(body === undefined ? {} : { body, timeoutMillis: 60_000 }),
  });
  return {
    url,
    urlOf,
    call: (operation, method, request) => client.call(blobs, requestOf(operation, method, request)),
    open: (operation, method, request) => client.open(blobs, requestOf(operation, method, request)),
  };
};

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64');

export const unquoted = (etag: string): string => etag.replace(/^(?:W\/)?"(.*)"$/, '$1');

/** To the second, as HTTP has it. */
export const momentOf = (date: string | null | undefined): string => {
  const millis = Date.parse(date ?? '');
  return new Date(Number.isNaN(millis) ? Date.now() : Math.floor(millis / 1000) * 1000).toISOString();
};

/** What the headers of an answer to GET or HEAD say of a blob; of a part the size of the whole (`content-range: bytes 2-4/10`). */
export const infoOf = (key: string, headers: Headers): ObjectInfo => ({
  key,
  sizeBytes: Number(headers.get('content-range')?.split('/')[1] ?? headers.get('content-length') ?? 0),
  etag: unquoted(headers.get('etag') ?? ''),
  contentType: headers.get('content-type') ?? defaultContentType,
  modifiedAt: momentOf(headers.get('last-modified')),
});
