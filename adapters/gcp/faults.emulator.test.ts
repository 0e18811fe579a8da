import { describe, expect, it } from 'vitest';
import { isFailure } from '../../domain/kernel/failure.ts';
import { usualBackoff } from '../cloud/retry.ts';
import { chunks, codeOf } from '../conformance/object-store-harness.ts';
import { systemClock } from '../system/system-clock.ts';
import { firestoreDoorbell } from './change-stream.ts';
import { cloudObjectStore } from './object-store.ts';
import { firestoreTable } from './table.ts';
import { makeBucket } from './test-buckets.ts';
import { emulatorClient, testCollection } from './test-emulator.ts';

const reset = (): never => {
  throw Object.assign(new TypeError('fetch failed'), { cause: new Error('read ECONNRESET') });
};

/** A network on which of each few requests one never arrives, and of one the answer is lost. */
const brokenEvery = (nth: number): typeof fetch => {
  let count = 0;
  return (async (url: string, init: RequestInit) => {
    count++;
    if (count % nth === 0) reset();
    const response = await fetch(url, init);
    if (count % nth !== 1) return response;
    await response.arrayBuffer();
    return reset();
  }) as typeof fetch;
};
const brokenClient = (nth: number) =>
  emulatorClient({}, { fetch: brokenEvery(nth), backoff: { ...usualBackoff, wait: async () => undefined } });

const pk = 'acme#faults';

describe.each([3, 4, 5])('on a network of which two of %i requests fail', (nth) => {
  const tableAt = (collection: string, changes = true) =>
    firestoreTable({ collection, declaration: { changes }, client: brokenClient(nth), clock: systemClock });

  it('who writes alone meets no conflict', async () => {
    const table = tableAt(testCollection());
    expect(await table.put({ pk, sk: 'a', version: 0 }, 'absent')).toEqual({ written: true });
    for (let version = 0; version < 10; version++) {
      expect(await table.put({ pk, sk: 'a', version: version + 1 }, { version })).toEqual({ written: true });
      const both = ['b', 'c'].map((sk) => ({ type: 'put', item: { pk, sk: `${sk}${version}` }, if: 'absent' }) as const);
      expect(await table.transact(pk, both)).toEqual({ written: true });
      expect(await table.delete({ pk, sk: `b${version}` }, 'present')).toEqual({ written: true });
    }
    expect((await table.query(pk)).items).toHaveLength(11);
  });

  it('one of many wins, and it knows', async () => {
    const collection = testCollection();
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, n) => tableAt(collection).put({ pk, sk: 'race', n }, 'absent')));
    const winners = outcomes.flatMap(({ written }, n) => (written ? [n] : []));
    expect(winners).toHaveLength(1);
    expect((await tableAt(collection).get({ pk, sk: 'race' }))?.n).toBe(winners[0]);
  });

  it('progress is recorded, and who recorded it knows', async () => {
    const collection = testCollection();
    const { progress } = firestoreDoorbell({ client: brokenClient(nth), collectionOf: () => collection });
    for (let n = 0; n < 10; n++) {
      const known = await progress.get('things', pk);
      expect(known?.sequence).toBe(n === 0 ? undefined : String(n));
      expect(await progress.put('things', pk, String(n + 1), known?.tag)).toBe(true);
    }
  });

  it('objects are put once, and who put them knows', async () => {
    const store = cloudObjectStore({ client: brokenClient(nth), bucket: await makeBucket(emulatorClient()), clock: systemClock });
    for (let n = 0; n < 5; n++) {
      expect(isFailure(await store.put(`key-${n}`, chunks('x'), { ifNoneMatch: '*' }))).toBe(false);
      expect(codeOf(await store.put(`key-${n}`, chunks('y'), { ifNoneMatch: '*' }))).toBe('object-exists');
      const upload = await store.startMultipart(`joined-${n}`);
      const part = await store.putPart(upload, 1, chunks('part'));
      if (isFailure(part)) throw new TypeError(part.detail);
      expect(isFailure(await store.completeMultipart(upload, [{ part: 1, etag: part.etag }]))).toBe(false);
    }
  });
});
