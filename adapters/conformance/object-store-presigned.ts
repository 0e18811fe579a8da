import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { presignedPutHeaders } from '../../domain/kernel/object-rules.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { contentOf, putText, type Subject, statusOf } from './object-store-harness.ts';
import { semanticsOf } from './semantics.ts';

/** What a presigned URL grants, and what not. */
export const presignedConformance = ({ under, it: prove, target }: Subject): void => {
  let store: ObjectStore;
  beforeEach(() => {
    store = under().store;
  });

  const { getGrantAnswersHead } = semanticsOf(target).objectStore;

  describe('presigned URLs', () => {
    const get = (url: string, headers: HeadersInit = {}) => under().request(new Request(url, { headers }));
    const upload = (url: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
      under().request(new Request(url, { method: 'PUT', body, headers: { ...presignedPutHeaders, ...headers } }));

    it.each(['a', 'a/b c', 'ä/🙂', 'a%2Fb', 'a?b#c&d=e+f', 'line\nbreak'])('let their holder get %j', async (key) => {
      await putText(store, key, `content of ${key}`);
      const response = await get(await store.presign('GET', key, 60));
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(`content of ${key}`);
    });

    it('let their holder put an object', async () => {
      // Where objects are locked S3 takes none without its digest; elsewhere it may be said.
      const digest = { 'content-md5': createHash('md5').update('sent').digest('base64') };
      const response = await upload(await store.presign('PUT', 'a/b', 60), 'sent', { 'content-type': 'text/plain', ...digest });
      expect(response.ok).toBe(true);
      expect(await contentOf(store, 'a/b')).toBe('sent');
      expect((await store.head('a/b'))?.contentType).toBe('text/plain');
    });

    it('answer HEAD under a grant to get where the store says so', async () => {
      await putText(store, 'a', '0123456789');
      const head = await under().request(new Request(await store.presign('GET', 'a', 60), { method: 'HEAD' }));
      expect(head.status).toBe(getGrantAnswersHead ? 200 : 403);
      if (getGrantAnswersHead) expect(head.headers.get('content-length')).toBe('10');
    });

    it('answer ranges', async () => {
      await putText(store, 'a', '0123456789');
      const url = await store.presign('GET', 'a', 60);
      const part = await get(url, { range: 'bytes=2-4' });
      expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
    });

    it('do not let a grant to get put, nor a grant to put get', async () => {
      await putText(store, 'a', 'kept');
      expect(await statusOf(upload(await store.presign('GET', 'a', 60), 'x'))).toBe(403);
      expect(await statusOf(get(await store.presign('PUT', 'a', 60)))).toBe(403);
      expect(
        await statusOf(under().request(new Request(await store.presign('PUT', 'a', 60), { method: 'DELETE' }))),
      ).toBeGreaterThanOrEqual(400);
      expect(await contentOf(store, 'a')).toBe('kept');
    });

    it('expire', async () => {
      await putText(store, 'a', 'x');
      const url = await store.presign('GET', 'a', 2);
      expect(await statusOf(get(url))).toBe(200);
      await under().elapse(3);
      expect(await statusOf(get(url))).toBe(403);
    });

    it.each([0, -1, 604_801, Number.NaN])('are not given for %d seconds', async (seconds) => {
      await expect(store.presign('GET', 'a', seconds)).rejects.toMatchObject({ failure: { code: 'invalid-expiry' } });
    });

    it('grant one key alone', async () => {
      await putText(store, 'a/one', 'x');
      await putText(store, 'a/two', 'x');
      const url = new URL(await store.presign('GET', 'a/one', 60));
      url.pathname = url.pathname.replace('one', 'two');
      expect(await statusOf(get(url.href))).toBe(403);
    });

    prove('are refused with any part of the query changed, missing or said twice', async () => {
      await putText(store, 'a', 'x');
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
};
