import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { type HttpClient, httpClient, type Reply } from '../http-client.ts';
import { setAside } from './aside.ts';
import { asAnnounced, checkGranted } from './object-url.ts';
import type { Store } from './stores.ts';

export type Item = { readonly pk: string; readonly sk: string; readonly expiresAt?: number; readonly [attribute: string]: unknown };
export type Page<T> = { readonly data: readonly T[]; readonly next: string | null };
export type Imported = {
  readonly written: number;
  readonly same: number;
  readonly kept: readonly { readonly pk: string; readonly sk: string }[];
};
export type ObjectEntry = { readonly key: string; readonly sizeBytes: number };
export type Download = { readonly body: AsyncIterable<Uint8Array>; readonly contentType: string };
type Verification = { readonly agrees: boolean };
type ObjectUrl = { readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** A platform that is moved from or to, asked as its administrator. What fails for the moment is asked again. */
export type Movable = {
  readonly url: string;
  items(table: Store, cursor: string | null): Promise<Page<Item>>;
  putItems(table: Store, items: readonly Item[]): Promise<Imported>;
  objects(store: Store, cursor: string | null): Promise<Page<ObjectEntry>>;
  download(store: Store, object: ObjectEntry): Promise<Download>;
  upload(store: Store, object: ObjectEntry, download: Download): Promise<void>;
  /** Whether the roll-ups of a month agree with its facts. */
  agrees(period: string): Promise<boolean>;
};

const attempts = 6;
const isTransient = (status: number): boolean => status === 429 || status === 408 || status >= 500;

const refused = (what: string, { status, body }: Reply, advice = ''): Rejected => {
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : '';
  const kind = isTransient(status) ? 'unavailable' : status === 401 || status === 403 ? 'forbidden' : 'invalid';
  return new Rejected(failed(kind, 'not-moved', [`${what} was answered by ${status}.`, detail, advice].filter(Boolean).join(' ')));
};

/** What to look at where a platform refuses for good. */
const adviceOf = (status: number, url: string, keyName: string): string => {
  if (status === 401 || status === 403) return `Is ${keyName} the administrator's key of ${url}?`;
  return status === 404 ? `Is ${url} the URL of a platform?` : '';
};

/** `fetch failed` alone says nothing. */
const causeOf = (error: Error): string => (error.cause instanceof Error && error.cause.message ? error.cause.message : error.message);

type Asking = { readonly what: string; readonly url: string; readonly keyName: string; readonly say: (line: string) => void };

/** Sends until there is an answer that will stay: with a pause of 0.5 s at first, twice as long each time. */
const answered = async <Body>(asking: Asking, send: () => Promise<Reply<Body>>, attempt = 1): Promise<Body> => {
  const { what, url, keyName, say } = asking;
  const reply = await send().catch((error: unknown) => error as Error);
  if (!(reply instanceof Error) && reply.status < 300) return reply.body;
  const why = reply instanceof Error ? `had no answer: ${causeOf(reply)}` : `was answered by ${reply.status}`;
  if (reply instanceof Error && attempt === attempts) throw new Rejected(failed('unavailable', 'not-moved', `${what} ${why}.`));
  if (!(reply instanceof Error) && (attempt === attempts || !isTransient(reply.status)))
    throw refused(what, reply, adviceOf(reply.status, url, keyName));
  if (attempt === 1) say(`${what} ${why}; it is asked again for some seconds.`);
  await sleep(500 * 2 ** (attempt - 1));
  return answered(asking, send, attempt + 1);
};

const paged = (path: string, cursor: string | null): string => (cursor === null ? path : `${path}?cursor=${encodeURIComponent(cursor)}`);

/** `option` and `keyName` are where the URL and the key were told. */
export type MovableOptions = { readonly option?: string; readonly keyName?: string; readonly say?: (line: string) => void };

export const movable = (url: string, key: string, { option, keyName = 'the key', say = () => {} }: MovableOptions = {}): Movable => {
  const client: HttpClient = httpClient(url, key);
  const at = (path: string): Asking => ({
    what: `${new URL(url).host}${path}${option === undefined ? '' : ` (${option})`}`,
    url,
    keyName,
    say,
  });
  const urlFor = ({ path }: Store, objectKey: string, method: 'GET' | 'PUT'): Promise<ObjectUrl> =>
    answered(at(path), () => client.get<ObjectUrl>(`${path}/url?${new URLSearchParams({ key: objectKey, method })}`));
  const page = async <T>(path: string, cursor: string | null): Promise<Page<T>> => {
    const got = await answered(at(path), () => client.get<Page<T>>(paged(path, cursor)));
    if (cursor !== null && got.next === cursor)
      throw new Rejected(failed('invalid', 'not-moved', `${at(path).what} gives the same page again and again.`));
    return got;
  };
  return {
    url,
    items: ({ path }, cursor) => page(path, cursor),
    putItems: ({ path }, items) => answered(at(path), () => client.put(path, { items })),
    objects: ({ path }, cursor) => page(path, cursor),
    async download(store, object) {
      const granted = await urlFor(store, object.key, 'GET');
      await checkGranted(granted.url, url);
      const response = await fetch(granted.url, { redirect: 'error' });
      if (!response.ok || response.body === null)
        throw refused(`GET of ${store.name} ${object.key}`, { ...response, status: response.status, body: '' });
      const contentType = response.headers.get('content-type') ?? 'application/octet-stream';
      return { body: asAnnounced(Readable.fromWeb(response.body as ReadableStream), object), contentType };
    },
    upload: (store, object, { body, contentType }) =>
      setAside(body, async ({ path, md5 }) => {
        const granted = await urlFor(store, object.key, 'PUT');
        await checkGranted(granted.url, url);
        const size = String(object.sizeBytes);
        const headers = { ...granted.headers, 'content-type': contentType, 'content-length': size, 'content-md5': md5 };
        const status = await put(granted.url, headers, createReadStream(path));
        if (status >= 300) throw refused(`PUT of ${store.name} ${object.key}`, { status, headers: new Headers(), body: '' });
      }),
    async agrees(period) {
      const path = `/v1/billing/periods/${period}/verification`;
      return (await answered(at(path), () => client.get<Verification>(path))).agrees;
    },
  };
};

/** A PUT whose length is said: what grants it (S3, say) takes no chunks. */
const put = async (url: string, headers: Readonly<Record<string, string>>, body: AsyncIterable<Uint8Array>): Promise<number> => {
  const sent = {
    method: 'PUT',
    headers,
    redirect: 'error',
    body: Readable.toWeb(Readable.from(body)) as unknown as BodyInit,
    duplex: 'half',
  };
  const response = await fetch(url, sent as RequestInit);
  await response.body?.cancel();
  return response.status;
};
