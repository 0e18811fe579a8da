import { beforeEach, describe, expect, it } from 'vitest';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { ByteRange, ObjectStore } from '../../domain/kernel/object-store.ts';
import { breakingOff, chunks, codeOf, contentOf, expectSame, keysOf, putText, type Subject, succeeded } from './object-store-harness.ts';

/** Putting, getting, copying and deleting. */
export const contentConformance = ({ under, it: prove }: Subject): void => {
  let store: ObjectStore;
  beforeEach(() => {
    store = under().store;
  });

  describe('put and get', () => {
    it('gives back what was put, with its size and type', async () => {
      const info = succeeded(await store.put('a', chunks('one ', 'two'), { contentType: 'text/plain' }));
      expect(info).toMatchObject({ key: 'a', sizeBytes: 7, contentType: 'text/plain' });
      expectSame(await store.head('a'), info);
      const got = succeeded(await store.get('a'));
      expectSame(got.info, info);
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
      const before = await putText(store, 'a', 'old');
      const after = await putText(store, 'a', 'new');
      expect(await contentOf(store, 'a')).toBe('new');
      expect(after.etag).not.toBe(before.etag);
    });

    it('finishes a download that began before the object was replaced', async () => {
      await putText(store, 'a', 'old');
      const begun = succeeded(await store.get('a'));
      await putText(store, 'a', 'new');
      expect(await new Response(begun.body).text()).toBe('old');
    });

    it('finishes a download that began before the object was deleted', async () => {
      await putText(store, 'a', 'old');
      const begun = succeeded(await store.get('a'));
      await store.delete('a');
      expect(await new Response(begun.body).text()).toBe('old');
    });

    it('shows readers the old object or the new one while a writer replaces it, never a mix', async () => {
      const [size, rounds] = [100_000, 20];
      const replace = (letter: string) =>
        store.put('a', chunks(letter.repeat(size / 2), letter.repeat(size / 2)), { contentType: `text/${letter}` });
      succeeded(await replace('a'));
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
      for (let round = 0; round < rounds; round++) succeeded(await replace(String.fromCharCode(97 + round)));
      writing = false;
      expect([...new Set((await Promise.all(readers)).flat())]).toEqual(['whole']);
    });
  });

  describe('a put that does not succeed', () => {
    it('leaves nothing where the source breaks off, and rethrows its error', async () => {
      const error = new TypeError('cable pulled');
      await expect(store.put('a', breakingOff('half', error))).rejects.toThrow(error);
      expect(await store.head('a')).toBeUndefined();
      expect(await keysOf(store)).toEqual([]);
    });

    it('leaves the old object where the source breaks off', async () => {
      const old = await putText(store, 'a', 'old');
      await expect(store.put('a', breakingOff('half', new TypeError('cable pulled')))).rejects.toThrow('cable pulled');
      expectSame(await store.head('a'), old);
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
      await putText(store, 'a', 'first');
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
    beforeEach(() => putText(store, 'digits', '0123456789'));

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
      await putText(store, 'empty', '');
      expect(codeOf(await store.get('empty', { start: 0 }))).toBe('range-not-satisfiable');
    });
  });

  describe('delete', () => {
    it('removes an object', async () => {
      await putText(store, 'a', 'x');
      await store.delete('a');
      expect(await store.head('a')).toBeUndefined();
      expect(await keysOf(store)).toEqual([]);
    });

    it('is no failure where there is nothing', async () => {
      await putText(store, 'a', 'x');
      await store.delete('a');
      await expect(store.delete('a')).resolves.toBeUndefined();
    });

    it('makes room for a put if-none-match', async () => {
      await putText(store, 'a', 'x');
      await store.delete('a');
      expect(codeOf(await store.put('a', chunks('y'), { ifNoneMatch: '*' }))).toBeUndefined();
    });
  });

  describe('copy', () => {
    it('makes an object of its own', async () => {
      succeeded(await store.put('a', chunks('content'), { contentType: 'text/plain' }));
      expect(succeeded(await store.copy('a', 'b'))).toMatchObject({ key: 'b', sizeBytes: 7, contentType: 'text/plain' });
      await putText(store, 'a', 'changed');
      await store.delete('a');
      expect(await contentOf(store, 'b')).toBe('content');
    });

    it('is refused where the source is not there or the key of the target invalid', async () => {
      await putText(store, 'a', 'x');
      expect(codeOf(await store.copy('nothing', 'c'))).toBe('object-not-found');
      expect(codeOf(await store.copy('a', 'b//c'))).toBe('invalid-object-key');
    });

    prove('refuses a copy if-none-match where the target is taken', async () => {
      await putText(store, 'a', 'x');
      await putText(store, 'b', 'y');
      expect(codeOf(await store.copy('a', 'b', { ifNoneMatch: '*' }))).toBe('object-exists');
      expect(await contentOf(store, 'b')).toBe('y');
    });

    it('leaves an object copied onto itself', async () => {
      await putText(store, 'a', 'same');
      succeeded(await store.copy('a', 'a'));
      expect(await contentOf(store, 'a')).toBe('same');
    });
  });
};
