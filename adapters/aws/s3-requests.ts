import { defaultContentType } from '../../domain/kernel/object-rules.ts';
import type { ObjectInfo } from '../../domain/kernel/object-store.ts';

/** RFC 3986: what `encodeURIComponent` leaves alone beside letters, digits and `-_.~` is signed as its percent-encoding. */
export const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** Path-style: it works for every name of a bucket, and with emulators. */
export const objectPath = (bucket: string, key: string): string => `/${bucket}/${key.split('/').map(encoded).join('/')}`;

export const query = (parameters: Readonly<Record<string, string | number>>): string =>
  `?${Object.entries(parameters)
    .map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`)
    .join('&')}`;

export const etagOf = (headers: Headers): string => unquoted(headers.get('etag') ?? '');
export const unquoted = (etag: string): string => etag.replace(/^(?:W\/)?"(.*)"$/, '$1');

/** To the second, as HTTP has it. */
export const momentOf = (date: string | null | undefined): string => {
  const millis = Date.parse(date ?? '');
  return new Date(Number.isNaN(millis) ? Date.now() : Math.floor(millis / 1000) * 1000).toISOString();
};

/** What the headers of an answer to GET or HEAD say of an object; of a part the size of the whole (`content-range: bytes 2-4/10`). */
export const infoOf = (key: string, headers: Headers): ObjectInfo => ({
  key,
  sizeBytes: Number(headers.get('content-range')?.split('/')[1] ?? headers.get('content-length') ?? 0),
  etag: etagOf(headers),
  contentType: headers.get('content-type') ?? defaultContentType,
  modifiedAt: momentOf(headers.get('last-modified')),
});
