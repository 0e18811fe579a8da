import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFailure, Rejected } from '../../domain/kernel/failure.ts';
import type { ByteRange, ObjectInfo, ObjectStore } from '../../domain/kernel/object-store.ts';

/** An object store under test. `request` sends to a presigned URL; `elapse` lets that time pass for the store, on a cloud by waiting. */
export type ObjectStoreUnderTest = {
  readonly store: ObjectStore;
  request(request: Request): Promise<Response>;
  elapse(seconds: number): Promise<void>;
  close(): Promise<void>;
};

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export async function* chunks(...values: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const value of values) yield typeof value === 'string' ? text(value) : value;
}

async function* breakingOff(value: string, error: Error): AsyncGenerator<Uint8Array> {
  yield text(value);
  throw error;
}

/** The value, where it is neither a failure nor absent; a test that meets one has failed. */
export const succeeded = <T>(value: T): Exclude<T, undefined | { readonly failure: string }> => {
  expect(isFailure(value) ? value.code : 'success').toBe('success');
  expect(value).toBeDefined();
  return value as Exclude<T, undefined | { readonly failure: string }>;
};

export const contentOf = async (store: ObjectStore, key: string, range?: ByteRange): Promise<string> =>
  new Response(succeeded(await store.get(key, range)).body).text();

/** A body that nobody reads holds its file or connection until it is cancelled. */
const statusOf = async (answer: Promise<Response>): Promise<number> => {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
};

const codeOf = (value: unknown): string | undefined => (isFailure(value) ? value.code : undefined);

/** What every `ObjectStore` does, whatever lies beneath it. */
export const objectStoreConformance = (name: string, start: () => Promise<ObjectStoreUnderTest>): void => {
  describe(`the object store on ${name}`, () => {
    let under: ObjectStoreUnderTest;
    let store: ObjectStore;
    beforeEach(async () => {
      under = await start();
      store = under.store;
    });
    afterEach(() => under.close());

    const put = async (key: string, content: string): Promise<ObjectInfo> => succeeded(await store.put(key, chunks(content)));
    const keys = async (prefix: string, limit?: number): Promise<string[]> => {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<ObjectStore['list']>> = await store.list(prefix, {
          ...(limit === undefined ? {} : { limit }),
          ...(cursor === null ? {} : { cursor }),
        });
        expect(page.items.length).toBeLessThanOrEqual(limit ?? 1000);
        found.push(...page.items.map(({ key }) => key));
        cursor = page.next;
      } while (cursor !== null);
      return found;
    };

    describe('put and get', () => {
      it('gives back what was put, with its size and type', async () => {
        const info = succeeded(await store.put('a', chunks('one ', 'two'), { contentType: 'text/plain' }));
        expect(info).toMatchObject({ key: 'a', sizeBytes: 7, contentType: 'text/plain' });
        expect(await store.head('a')).toEqual(info);
        const got = succeeded(await store.get('a'));
        expect(got.info).toEqual(info);
        expect(await new Response(got.body).text()).toBe('one two');
      });

      it('takes a web stream as well as an iterable', async () => {
        succeeded(await store.put('a', new Blob(['streamed']).stream()));
        expect(await contentOf(store, 'a')).toBe('streamed');
      });

      it('holds objects of no bytes', async () => {
        expect(succeeded(await store.put('empty', chunks())).sizeBytes).toBe(0);
        expect(await contentOf(store, 'empty')).toBe('');
      });

      it('knows nothing of a key that was never put', async () => {
        expect(await store.get('nothing')).toBeUndefined();
        expect(await store.head('nothing')).toBeUndefined();
      });

      it('replaces an object, and its etag with it', async () => {
        const before = await put('a', 'old');
        const after = await put('a', 'new');
        expect(await contentOf(store, 'a')).toBe('new');
        expect(after.etag).not.toBe(before.etag);
      });

      it('finishes a download that began before the object was replaced', async () => {
        await put('a', 'old');
        const begun = succeeded(await store.get('a'));
        await put('a', 'new');
        expect(await new Response(begun.body).text()).toBe('old');
      });

      it('finishes a download that began before the object was deleted', async () => {
        await put('a', 'old');
        const begun = succeeded(await store.get('a'));
        await store.delete('a');
        expect(await new Response(begun.body).text()).toBe('old');
      });

      it('shows readers the old object or the new one while a writer replaces it, never a mix', async () => {
        const [size, rounds] = [100_000, 20];
        const put = (letter: string) =>
          store.put('a', chunks(letter.repeat(size / 2), letter.repeat(size / 2)), { contentType: `text/${letter}` });
        succeeded(await put('a'));
        let writing = true;
        const read = async (): Promise<string[]> => {
          const seen: string[] = [];
          while (writing) {
            const { info, body } = succeeded(await store.get('a'));
            const content = await new Response(body).text();
            const letter = info.contentType.slice('text/'.length);
            seen.push(content === letter.repeat(size) ? 'whole' : `${info.contentType}: ${content.length} bytes`);
          }
          return seen;
        };
        const readers = [read(), read(), read()];
        for (let round = 0; round < rounds; round++) succeeded(await put(String.fromCharCode(97 + round)));
        writing = false;
        expect([...new Set((await Promise.all(readers)).flat())]).toEqual(['whole']);
      });
    });

    describe('a put that does not succeed', () => {
      it('leaves nothing where the source breaks off, and rethrows its error', async () => {
        const error = new TypeError('cable pulled');
        await expect(store.put('a', breakingOff('half', error))).rejects.toThrow(error);
        expect(await store.head('a')).toBeUndefined();
        expect(await keys('')).toEqual([]);
      });

      it('leaves the old object where the source breaks off', async () => {
        const old = await put('a', 'old');
        await expect(store.put('a', breakingOff('half', new TypeError('cable pulled')))).rejects.toThrow('cable pulled');
        expect(await store.head('a')).toEqual(old);
        expect(await contentOf(store, 'a')).toBe('old');
      });

      it('is too large past maxBytes, and stops reading there', async () => {
        let asked = 0;
        async function* endless(): AsyncGenerator<Uint8Array> {
          for (;;) {
            asked += 1;
            yield new Uint8Array(1000);
          }
        }
        const outcome = await store.put('a', endless(), { maxBytes: 5000 });
        expect(codeOf(outcome)).toBe('object-too-large');
        expect(asked).toBeLessThan(100);
        expect(await store.head('a')).toBeUndefined();
      });

      it('takes exactly maxBytes', async () => {
        expect(succeeded(await store.put('a', chunks('12', '345'), { maxBytes: 5 })).sizeBytes).toBe(5);
      });

      it('is refused if-none-match where the key is taken', async () => {
        await put('a', 'first');
        expect(codeOf(await store.put('a', chunks('second'), { ifNoneMatch: '*' }))).toBe('object-exists');
        expect(await contentOf(store, 'a')).toBe('first');
      });

      it('lets exactly one of 30 parallel writers win if-none-match', async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 30 }, (_, index) => store.put('race', chunks(`writer ${index}`), { ifNoneMatch: '*' })),
        );
        const winners = outcomes.flatMap((outcome, index) => (isFailure(outcome) ? [] : [index]));
        expect(winners).toHaveLength(1);
        expect(outcomes.filter(isFailure).map(codeOf)).toEqual(Array(29).fill('object-exists'));
        expect(await contentOf(store, 'race')).toBe(`writer ${winners[0]}`);
      });
    });

    describe('ranges', () => {
      beforeEach(() => put('digits', '0123456789'));

      it.each<[string, ByteRange, string]>([
        ['the first byte', { start: 0, end: 0 }, '0'],
        ['a middle', { start: 3, end: 5 }, '345'],
        ['an end', { start: 7 }, '789'],
        ['the last byte', { start: 9, end: 9 }, '9'],
        ['what is there of a range beyond the end', { start: 8, end: 100 }, '89'],
      ])('give %s', async (_, range, expected) => {
        expect(await contentOf(store, 'digits', range)).toBe(expected);
      });

      it('say the size of the whole object', async () => {
        const got = succeeded(await store.get('digits', { start: 1, end: 2 }));
        await got.body.cancel();
        expect(got.info.sizeBytes).toBe(10);
      });

      it('are refused where they begin at or beyond the end', async () => {
        expect(codeOf(await store.get('digits', { start: 10 }))).toBe('range-not-satisfiable');
        await put('empty', '');
        expect(codeOf(await store.get('empty', { start: 0 }))).toBe('range-not-satisfiable');
      });
    });

    describe('keys', () => {
      const long = 'ä'.repeat(512);
      it.each([
        ['a'],
        ['a/b/c.txt'],
        [' '],
        ['äöü/日本/🙂'],
        ['%2F'],
        ['a\\b'],
        ['..a/b..'],
        ['A/a'],
        ['?&#=+*:"<>|'],
        [long],
        [`${'x'.repeat(300)}/y`],
      ])('may be %j', async (key) => {
        await put(key, key);
        expect(await contentOf(store, key)).toBe(key);
        expect(await keys('')).toEqual([key]);
      });

      it('may go on where another ends', async () => {
        for (const key of ['a', 'a/b', 'a/b/c', 'x'.repeat(80), 'x'.repeat(81), 'x'.repeat(160)]) await put(key, key);
        expect(await contentOf(store, 'a')).toBe('a');
        expect(await contentOf(store, 'a/b')).toBe('a/b');
        expect(await contentOf(store, 'x'.repeat(80))).toBe('x'.repeat(80));
        expect(await contentOf(store, 'x'.repeat(160))).toBe('x'.repeat(160));
      });

      it('tell upper from lower case', async () => {
        await put('a', 'lower');
        await put('A', 'upper');
        expect(await contentOf(store, 'a')).toBe('lower');
      });

      it.each([
        [''],
        ['/a'],
        ['a/'],
        ['a//b'],
        ['.'],
        ['..'],
        ['a/../b'],
        ['./a'],
        ['../../etc/passwd'],
        ['x'.repeat(1025)],
        [`${long}x`],
        ['\uD800'],
      ])('may not be %j', async (key) => {
        expect(codeOf(await store.put(key, chunks('x')))).toBe('invalid-object-key');
        expect(await store.get(key)).toBeUndefined();
        await expect(store.startMultipart(key)).rejects.toMatchObject({ failure: { code: 'invalid-object-key' } });
        await expect(store.presign('PUT', key, 60)).rejects.toMatchObject({ failure: { code: 'invalid-object-key' } });
        await store.delete(key);
      });
    });

    describe('delete', () => {
      it('removes an object', async () => {
        await put('a', 'x');
        await store.delete('a');
        expect(await store.head('a')).toBeUndefined();
        expect(await keys('')).toEqual([]);
      });

      it('is no failure where there is nothing', async () => {
        await put('a', 'x');
        await store.delete('a');
        await expect(store.delete('a')).resolves.toBeUndefined();
      });

      it('makes room for a put if-none-match', async () => {
        await put('a', 'x');
        await store.delete('a');
        expect(codeOf(await store.put('a', chunks('y'), { ifNoneMatch: '*' }))).toBeUndefined();
      });
    });

    describe('copy', () => {
      it('makes an object of its own', async () => {
        succeeded(await store.put('a', chunks('content'), { contentType: 'text/plain' }));
        expect(succeeded(await store.copy('a', 'b'))).toMatchObject({ key: 'b', sizeBytes: 7, contentType: 'text/plain' });
        await put('a', 'changed');
        await store.delete('a');
        expect(await contentOf(store, 'b')).toBe('content');
      });

      it('is refused where the source is not there, the target is taken or its key invalid', async () => {
        await put('a', 'x');
        await put('b', 'y');
        expect(codeOf(await store.copy('nothing', 'c'))).toBe('object-not-found');
        expect(codeOf(await store.copy('a', 'b', { ifNoneMatch: '*' }))).toBe('object-exists');
        expect(codeOf(await store.copy('a', 'b//c'))).toBe('invalid-object-key');
        expect(await contentOf(store, 'b')).toBe('y');
      });

      it('leaves an object copied onto itself', async () => {
        await put('a', 'same');
        succeeded(await store.copy('a', 'a'));
        expect(await contentOf(store, 'a')).toBe('same');
      });
    });

    describe('list', () => {
      it('gives keys in the order of their bytes, page by page', async () => {
        const all = [
          'a',
          'a!',
          'a-b',
          'a.b',
          'a/b',
          'a/b/c',
          'a0',
          'B',
          'b',
          'ä',
          '😀',
          '\uFF5E',
          'x'.repeat(80),
          `${'x'.repeat(80)}/y`,
          `${'x'.repeat(80)}-`,
        ];
        for (const key of all) await put(key, '');
        const ordered = [...all].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
        expect(await keys('')).toEqual(ordered);
        for (const limit of [1, 2, 4, all.length]) expect(await keys('', limit)).toEqual(ordered);
      });

      it('gives the keys that begin with a prefix', async () => {
        for (const key of ['a/1', 'a/2', 'ab', 'b', `a/${'y'.repeat(200)}`]) await put(key, '');
        expect(await keys('a/', 1)).toEqual(['a/1', 'a/2', `a/${'y'.repeat(200)}`]);
        expect(await keys(`a/${'y'.repeat(100)}`)).toEqual([`a/${'y'.repeat(200)}`]);
        expect(await keys('c')).toEqual([]);
      });

      it('says what head says', async () => {
        const info = succeeded(await store.put('a', chunks('abc'), { contentType: 'text/plain' }));
        expect((await store.list('')).items).toEqual([info]);
      });

      it('goes on behind a key that was deleted meanwhile', async () => {
        for (const key of ['a', 'b', 'c']) await put(key, '');
        const { next } = await store.list('', { limit: 1 });
        await store.delete('a');
        expect((await store.list('', { cursor: succeeded(next) ?? '' })).items.map(({ key }) => key)).toEqual(['b', 'c']);
      });

      it('refuses a cursor that no page gave', async () => {
        await expect(store.list('', { cursor: '*' })).rejects.toThrow(Rejected);
      });
    });

    describe('multipart', () => {
      const part = (letter: string, bytes = 5 * 1024 * 1024): Uint8Array => new Uint8Array(bytes).fill(letter.charCodeAt(0));
      const putPart = async (upload: string, number: number, content: Uint8Array) => ({
        part: number,
        etag: succeeded(await store.putPart(upload, number, chunks(content))).etag,
      });

      it('joins parts by number, in whatever order they came', async () => {
        const upload = await store.startMultipart('big', { contentType: 'text/plain' });
        const third = await putPart(upload, 7, part('c', 3));
        const first = await putPart(upload, 1, part('a'));
        const second = await putPart(upload, 2, part('b'));
        expect(await store.head('big')).toBeUndefined();
        const info = succeeded(await store.completeMultipart(upload, [third, first, second]));
        expect(info).toMatchObject({ key: 'big', contentType: 'text/plain', sizeBytes: 2 * 5 * 1024 * 1024 + 3 });
        const content = await contentOf(store, 'big');
        expect([content.lastIndexOf('a'), content.indexOf('b'), content.slice(-4)]).toEqual([5 * 1024 * 1024 - 1, 5 * 1024 * 1024, 'bccc']);
      });

      it('takes the newest of a part put twice, and refuses the etag of the older', async () => {
        const upload = await store.startMultipart('a');
        const older = await putPart(upload, 1, text('older'));
        const newer = await putPart(upload, 1, text('newer'));
        expect(codeOf(await store.completeMultipart(upload, [older]))).toBe('invalid-part');
        succeeded(await store.completeMultipart(upload, [newer]));
        expect(await contentOf(store, 'a')).toBe('newer');
      });

      it.each([
        ['a wrong etag', [{ part: 1, etag: 'wrong' }]],
        ['a part that was never put', [{ part: 2, etag: '00000000-0000-4000-8000-000000000000' }]],
        ['a path for an etag', [{ part: 1, etag: '../../../etc/passwd' }]],
        ['no parts', []],
      ])('refuses to complete with %s', async (_, parts) => {
        const upload = await store.startMultipart('a');
        await putPart(upload, 1, text('x'));
        expect(codeOf(await store.completeMultipart(upload, parts))).toBe('invalid-part');
        expect(await store.head('a')).toBeUndefined();
      });

      it('refuses a part below 5 MiB that is not the last', async () => {
        const upload = await store.startMultipart('a');
        const parts = [await putPart(upload, 1, text('small')), await putPart(upload, 2, text('last'))];
        expect(codeOf(await store.completeMultipart(upload, parts))).toBe('invalid-part');
      });

      it.each([0, -1, 10_001, 1.5])('refuses the part number %d', async (number) => {
        const upload = await store.startMultipart('a');
        expect(codeOf(await store.putPart(upload, number, chunks('x')))).toBe('invalid-part');
      });

      it('keeps the other parts where the source of one breaks off', async () => {
        const upload = await store.startMultipart('a');
        const one = await putPart(upload, 1, text('whole'));
        await expect(store.putPart(upload, 1, breakingOff('half', new TypeError('cable pulled')))).rejects.toThrow('cable pulled');
        succeeded(await store.completeMultipart(upload, [one]));
        expect(await contentOf(store, 'a')).toBe('whole');
      });

      it('is gone once aborted, and aborting again is no failure', async () => {
        const upload = await store.startMultipart('a');
        const one = await putPart(upload, 1, text('x'));
        await store.abortMultipart(upload);
        await store.abortMultipart(upload);
        expect(codeOf(await store.putPart(upload, 1, chunks('x')))).toBe('upload-not-found');
        expect(codeOf(await store.completeMultipart(upload, [one]))).toBe('upload-not-found');
        expect(await keys('')).toEqual([]);
      });

      it.each(['00000000-0000-4000-8000-000000000000', '..', '../entries', ''])('knows no upload %j', async (upload) => {
        expect(codeOf(await store.putPart(upload, 1, chunks('x')))).toBe('upload-not-found');
        expect(codeOf(await store.completeMultipart(upload, [{ part: 1, etag: 'x' }]))).toBe('upload-not-found');
        await store.abortMultipart(upload);
      });
    });

    describe('presigned URLs', () => {
      const get = (url: string, headers: HeadersInit = {}) => under.request(new Request(url, { headers }));
      const upload = (url: string, body: string, headers: HeadersInit = {}) =>
        under.request(new Request(url, { method: 'PUT', body, headers }));

      it.each(['a', 'a/b c', 'ä/🙂', 'a%2Fb', 'a?b#c&d=e+f', 'line\nbreak'])('let their holder get %j', async (key) => {
        await put(key, `content of ${key}`);
        const response = await get(await store.presign('GET', key, 60));
        expect(response.status).toBe(200);
        expect(await response.text()).toBe(`content of ${key}`);
      });

      it('let their holder put an object', async () => {
        const response = await upload(await store.presign('PUT', 'a/b', 60), 'sent', { 'content-type': 'text/plain' });
        expect(response.ok).toBe(true);
        expect(await contentOf(store, 'a/b')).toBe('sent');
        expect((await store.head('a/b'))?.contentType).toBe('text/plain');
      });

      it('answer HEAD and ranges under a grant to get', async () => {
        await put('a', '0123456789');
        const url = await store.presign('GET', 'a', 60);
        const head = await under.request(new Request(url, { method: 'HEAD' }));
        expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
        const part = await get(url, { range: 'bytes=2-4' });
        expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
      });

      it('do not let a grant to get put, nor a grant to put get', async () => {
        await put('a', 'kept');
        expect(await statusOf(upload(await store.presign('GET', 'a', 60), 'x'))).toBe(403);
        expect(await statusOf(get(await store.presign('PUT', 'a', 60)))).toBe(403);
        expect(
          await statusOf(under.request(new Request(await store.presign('PUT', 'a', 60), { method: 'DELETE' }))),
        ).toBeGreaterThanOrEqual(400);
        expect(await contentOf(store, 'a')).toBe('kept');
      });

      it('expire', async () => {
        await put('a', 'x');
        const url = await store.presign('GET', 'a', 2);
        expect(await statusOf(get(url))).toBe(200);
        await under.elapse(3);
        expect(await statusOf(get(url))).toBe(403);
      });

      it.each([0, -1, 604_801, Number.NaN])('are not given for %d seconds', async (seconds) => {
        await expect(store.presign('GET', 'a', seconds)).rejects.toMatchObject({ failure: { code: 'invalid-expiry' } });
      });

      it('grant one key alone', async () => {
        await put('a/one', 'x');
        await put('a/two', 'x');
        const url = new URL(await store.presign('GET', 'a/one', 60));
        url.pathname = url.pathname.replace('one', 'two');
        expect(await statusOf(get(url.href))).toBe(403);
      });

      it('are refused with any part of the query changed, missing or said twice', async () => {
        await put('a', 'x');
        const original = new URL(await store.presign('GET', 'a', 60));
        for (const [name, value] of original.searchParams) {
          const [changed, missing, twice] = [new URL(original), new URL(original), new URL(original)];
          const last = value.at(-1) ?? '';
          changed.searchParams.set(name, `${value.slice(0, -1)}${last === '5' ? '6' : '5'}`);
          missing.searchParams.delete(name);
          twice.searchParams.append(name, value);
          const answers = await Promise.all([changed, missing, twice].map(async ({ href }) => [name, (await statusOf(get(href))) < 400]));
          expect(answers).toEqual([
            [name, false],
            [name, false],
            [name, false],
          ]);
        }
      });

      it('answer 404 where the object is gone', async () => {
        expect(await statusOf(get(await store.presign('GET', 'nothing', 60)))).toBe(404);
      });
    });
  });
};
