import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { zip } from './zip.ts';

const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });

describe('a zip', () => {
  it('holds what was put in, whatever that is', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-zü]{1,9}(\/[a-z]{1,9})?$/), fc.uint8Array()), (files) => {
        const zipped = zip(Object.entries(files).map(([path, bytes]) => ({ path, bytes })));
        const unzipped = unzipSync(zipped);
        expect(Object.keys(unzipped)).toEqual(Object.keys(files).sort());
        for (const [path, bytes] of Object.entries(files)) expect(Buffer.from(unzipped[path] as Uint8Array)).toEqual(Buffer.from(bytes));
      }),
    ));

  it('has the same bytes for the same files, in whatever order they come', () => {
    const [a, b] = [file('a.mjs', 'one'), file('node_modules/b/b.js', 'two')];
    expect(zip([a, b]).equals(zip([b, a]))).toBe(true);
    expect(zip([a]).toString('hex')).toMatch(/^504b0304140000080800000021/);
  });

  it('compresses', () => {
    const zipped = zip([file('a', 'abc'.repeat(10_000))]);
    expect(zipped.length).toBeLessThan(500);
    expect(strFromU8(unzipSync(zipped).a as Uint8Array)).toHaveLength(30_000);
  });
});
