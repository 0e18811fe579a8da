import { beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { breakingOff, chunks, codeOf, contentOf, keysOf, type Subject, succeeded } from './object-store-harness.ts';

/** Uploads in parts. */
export const multipartConformance = ({ under, it: prove }: Subject): void => {
  let store: ObjectStore;
  beforeEach(() => {
    store = under().store;
  });

  describe('multipart', () => {
    const part = (letter: string, bytes = 5 * 1024 * 1024): Uint8Array => new Uint8Array(bytes).fill(letter.charCodeAt(0));
    const putPart = async (upload: string, number: number, content: string | Uint8Array) => ({
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
      const older = await putPart(upload, 1, 'older');
      const newer = await putPart(upload, 1, 'newer');
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
      await putPart(upload, 1, 'x');
      expect(codeOf(await store.completeMultipart(upload, parts))).toBe('invalid-part');
      expect(await store.head('a')).toBeUndefined();
    });

    prove('refuses a part below 5 MiB that is not the last', async () => {
      const upload = await store.startMultipart('a');
      const parts = [await putPart(upload, 1, 'small'), await putPart(upload, 2, 'last')];
      expect(codeOf(await store.completeMultipart(upload, parts))).toBe('invalid-part');
    });

    it.each([0, -1, 10_001, 1.5])('refuses the part number %d', async (number) => {
      const upload = await store.startMultipart('a');
      expect(codeOf(await store.putPart(upload, number, chunks('x')))).toBe('invalid-part');
    });

    it('keeps the other parts where the source of one breaks off', async () => {
      const upload = await store.startMultipart('a');
      const one = await putPart(upload, 1, 'whole');
      await expect(store.putPart(upload, 1, breakingOff('half', new TypeError('cable pulled')))).rejects.toThrow('cable pulled');
      succeeded(await store.completeMultipart(upload, [one]));
      expect(await contentOf(store, 'a')).toBe('whole');
    });

    it('is gone once aborted, and aborting again is no failure', async () => {
      const upload = await store.startMultipart('a');
      const one = await putPart(upload, 1, 'x');
      await store.abortMultipart(upload);
      await store.abortMultipart(upload);
      expect(codeOf(await store.putPart(upload, 1, chunks('x')))).toBe('upload-not-found');
      expect(codeOf(await store.completeMultipart(upload, [one]))).toBe('upload-not-found');
      expect(await keysOf(store)).toEqual([]);
    });

    it.each(['00000000-0000-4000-8000-000000000000', '..', '../entries', ''])('knows no upload %j', async (upload) => {
      expect(codeOf(await store.putPart(upload, 1, chunks('x')))).toBe('upload-not-found');
      expect(codeOf(await store.completeMultipart(upload, [{ part: 1, etag: 'x' }]))).toBe('upload-not-found');
      await store.abortMultipart(upload);
    });
  });
};
