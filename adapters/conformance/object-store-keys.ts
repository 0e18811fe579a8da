import { beforeEach, describe, expect, it } from 'vitest';
import { Rejected } from '../../domain/kernel/failure.ts';
import type { ListedObject, ObjectStore } from '../../domain/kernel/object-store.ts';
import { chunks, codeOf, contentOf, expectSame, keysOf, putText, type Subject, succeeded } from './object-store-harness.ts';

/** Which keys there may be, and how they are listed. */
export const keysConformance = ({ under }: Subject): void => {
  let store: ObjectStore;
  beforeEach(() => {
    store = under().store;
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
      await putText(store, key, key);
      expect(await contentOf(store, key)).toBe(key);
      expect(await keysOf(store)).toEqual([key]);
    });

    it('may go on where another ends', async () => {
      for (const key of ['a', 'a/b', 'a/b/c', 'x'.repeat(80), 'x'.repeat(81), 'x'.repeat(160)]) await putText(store, key, key);
      expect(await contentOf(store, 'a')).toBe('a');
      expect(await contentOf(store, 'a/b')).toBe('a/b');
      expect(await contentOf(store, 'x'.repeat(80))).toBe('x'.repeat(80));
      expect(await contentOf(store, 'x'.repeat(160))).toBe('x'.repeat(160));
    });

    it('tell upper from lower case', async () => {
      await putText(store, 'a', 'lower');
      await putText(store, 'A', 'upper');
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
      for (const key of all) await putText(store, key, '');
      const ordered = [...all].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
      expect(await keysOf(store)).toEqual(ordered);
      for (const limit of [1, 2, 4, all.length]) expect(await keysOf(store, '', limit)).toEqual(ordered);
    });

    it('gives the keys that begin with a prefix', async () => {
      for (const key of ['a/1', 'a/2', 'ab', 'b', `a/${'y'.repeat(200)}`]) await putText(store, key, '');
      expect(await keysOf(store, 'a/', 1)).toEqual(['a/1', 'a/2', `a/${'y'.repeat(200)}`]);
      expect(await keysOf(store, `a/${'y'.repeat(100)}`)).toEqual([`a/${'y'.repeat(200)}`]);
      expect(await keysOf(store, 'c')).toEqual([]);
    });

    it('says what head says', async () => {
      const info = succeeded(await store.put('a', chunks('abc'), { contentType: 'text/plain' }));
      const { items } = await store.list('');
      expectSame({ ...(items[0] as ListedObject), contentType: info.contentType }, info);
      expect(items).toHaveLength(1);
    });

    it('goes on behind a key that was deleted meanwhile', async () => {
      for (const key of ['a', 'b', 'c']) await putText(store, key, '');
      const { next } = await store.list('', { limit: 1 });
      await store.delete('a');
      expect((await store.list('', { cursor: succeeded(next) ?? '' })).items.map(({ key }) => key)).toEqual(['b', 'c']);
    });

    it('refuses a cursor that no page gave', async () => {
      await expect(store.list('', { cursor: '*' })).rejects.toThrow(Rejected);
    });
  });
};
