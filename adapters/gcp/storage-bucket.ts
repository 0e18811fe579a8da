import { isObjectKey } from '../../domain/kernel/object-rules.ts';
import type { ObjectInfo } from '../../domain/kernel/object-store.ts';
import type { Body, GcpClient } from './client.ts';
import { storage } from './services.ts';

/** An object as the JSON API tells of it (https://cloud.google.com/storage/docs/json_api/v1/objects). */
export type StoredObject = {
  readonly name: string;
  readonly size: string;
  readonly generation: string;
  readonly contentType?: string;
  readonly updated: string;
  readonly md5Hash?: string;
  readonly metadata?: Readonly<Record<string, string>>;
};

/**
 * Cloud Storage takes no line breaks in names. They are written as tab and digit, and so is the tab, which keeps nearly all names in the order of their
 * bytes. `undefined` where a name comes to be longer than Cloud Storage takes.
 */
export const nameOfKey = (key: string): string | undefined => {
  const name = escaped(key);
  return Buffer.byteLength(name) <= longestName ? name : undefined;
};
const longestName = 1024;
const breaks = ['\t', '\n', '\r'];
export const escaped = (text: string): string => text.replace(/[\t\n\r]/g, (one) => `\t${breaks.indexOf(one)}`);
export const keyOfName = (name: string): string => name.replace(/\t([012])/g, (_, digit: string) => breaks[Number(digit)] ?? '');

/** Names that begin with a slash are nobody's keys: parts of uploads lie there. */
export const isOfKey = (name: string): boolean => isObjectKey(keyOfName(name));

export const infoOf = ({ name, size, generation, contentType = '', updated }: StoredObject): ObjectInfo => ({
  key: keyOfName(name),
  sizeBytes: Number(size),
  etag: generation,
  contentType,
  modifiedAt: new Date(updated).toISOString(),
});

/** What a download says in its headers; `content-length` is that of a range. */
export const infoIn = (key: string, headers: Headers): ObjectInfo => ({
  key,
  sizeBytes: Number(/\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] ?? headers.get('x-goog-stored-content-length')),
  etag: headers.get('x-goog-generation') ?? '',
  contentType: headers.get('content-type') ?? '',
  modifiedAt: new Date(headers.get('last-modified') ?? 0).toISOString(),
});

export type Parameters = { readonly [name: string]: string | number | undefined };

export const queryOf = (parameters: Parameters): string => {
  const given = Object.entries(parameters).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
};

export type BucketCall = {
  /** Behind the bucket: `/o/<name>`. */
  readonly path: string;
  readonly parameters?: Parameters;
  readonly json?: unknown;
};

/** Requests to one bucket. Each throws `GcpError`. */
export const storageBucket = (client: GcpClient, bucket: string) => {
  const base = `/storage/v1/b/${encodeURIComponent(bucket)}`;
  const call = <Output>(operation: string, method: string, { path, parameters = {}, json }: BucketCall): Promise<Output> =>
    client.call<Output>(storage, { operation, method, path: `${base}${path}${queryOf(parameters)}`, json });
  return {
    name: bucket,
    client,
    call,
    object: (name: string): Promise<StoredObject> => call('GetObject', 'GET', { path: objectPath(name) }),
    remove: (name: string): Promise<unknown> => call('DeleteObject', 'DELETE', { path: objectPath(name) }),
    list: (parameters: Parameters) =>
      call<{ readonly items?: readonly StoredObject[]; readonly nextPageToken?: string }>('ListObjects', 'GET', { path: '/o', parameters }),
    download: (name: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
      client.request(storage, { operation: 'GetObject', method: 'GET', path: `${base}${objectPath(name)}?alt=media`, headers }),
    upload: (operation: string, parameters: Parameters, headers: Readonly<Record<string, string>>, body: Body): Promise<Response> =>
      client.whole(storage, { operation, method: 'POST', path: `/upload${base}/o${queryOf(parameters)}`, headers, body }),
  };
};
export type StorageBucket = ReturnType<typeof storageBucket>;

export const objectPath = (name: string): string => `/o/${encodeURIComponent(name)}`;
