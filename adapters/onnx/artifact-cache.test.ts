import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { rejection } from '../conformance/harness.ts';
import { type ArtifactCache, artifactCache } from './artifact-cache.ts';
import type { ArtifactFile } from './serving-host.ts';

describe('a cache of artifacts', () => {
  let folder: string;
  let gets: string[];
  let contents: Map<string, string>;
  let sizeOf: (content: string) => number;
  const store: Pick<ObjectStore, 'get'> = {
    async get(key) {
      gets.push(key);
      await new Promise(setImmediate);
      const content = contents.get(key);
      if (content === undefined) return undefined;
      const info = { key, sizeBytes: sizeOf(content), etag: 'e', contentType: 'x', modifiedAt: '' };
      return { info, body: new Blob([content]).stream() };
    },
  };
  const open = (maxBytes = 100): ArtifactCache => artifactCache({ store, folder, maxBytes });
  const contentOf = async (file: ReturnType<ArtifactCache['file']>): Promise<string> => readFileSync((await file)?.path ?? '', 'utf8');
  const fetched = async (cache: ArtifactCache, ...keys: readonly string[]): Promise<void> => {
    for (const key of keys) (await cache.file(key))?.release?.();
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'artifact-cache-'));
    [gets, sizeOf] = [[], (content) => content.length];
    contents = new Map(['a', 'b', 'c', 'd'].map((key) => [key, key.repeat(40)]));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('downloads an artifact once, also for many who ask at once, and then has it at hand', async () => {
    const cache = open();
    expect(await Promise.all([1, 2, 3].map(() => contentOf(cache.file('a'))))).toEqual([1, 2, 3].map(() => 'a'.repeat(40)));
    expect(gets).toEqual(['a']);
    expect(cache.file('a')).not.toBeInstanceOf(Promise);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('has nothing of a key that is not there, and asks again', async () => {
    const cache = open();
    expect(await cache.file('nothing')).toBeUndefined();
    contents.set('nothing', 'after all');
    expect(await contentOf(cache.file('nothing'))).toBe('after all');
  });

  it('lets go of what was used least recently where room is needed', async () => {
    const cache = open();
    await fetched(cache, 'a', 'b', 'a', 'c', 'a', 'b');
    expect(gets).toEqual(['a', 'b', 'c', 'b']);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('keeps what somebody reads, past its bound', async () => {
    const cache = open();
    const reading = [await cache.file('a'), await cache.file('b')] as const;
    await fetched(cache, 'c');
    expect(reading.map((file) => readFileSync((file as ArtifactFile).path, 'utf8')[0])).toEqual(['a', 'b']);
    for (const file of reading) {
      file?.release?.();
      file?.release?.();
    }
    await fetched(cache, 'd');
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('counts what is on its way', async () => {
    const cache = open();
    await fetched(cache, 'a');
    await Promise.all(['b', 'c'].map((key) => fetched(cache, key)));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('refuses what is larger than it has room for', async () => {
    expect(await rejection(Promise.resolve(open(39).file('a')))).toEqual({ failure: 'too-large', code: 'artifact-too-large' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes nothing that came in part, or is not what its key says', async () => {
    sizeOf = (content) => content.length + 1;
    expect((await rejection(Promise.resolve(open().file('a')))).code).toBe('artifact-damaged');
    sizeOf = (content) => content.length;
    const digest = createHash('sha256').update('right').digest('hex');
    contents.set(`acme/sha256/${digest}`, 'wrong');
    expect((await rejection(Promise.resolve(open().file(`acme/sha256/${digest}`)))).code).toBe('artifact-damaged');
    contents.set(`acme/sha256/${digest}`, 'right');
    expect(await contentOf(open().file(`acme/sha256/${digest}`))).toBe('right');
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('uses what a process before it has left whole, and clears away the rest', async () => {
    await fetched(open(), 'a');
    const [whole = ''] = readdirSync(folder);
    const half = join(folder, `${whole}.half`);
    writeFileSync(half, 'aaa');
    const anHourAgo = Date.now() / 1000 - 3600;
    utimesSync(half, anHourAgo, anHourAgo);
    const next = open();
    expect(await contentOf(next.file('a'))).toBe('a'.repeat(40));
    expect([gets, readdirSync(folder)]).toEqual([['a'], [whole]]);
  });
  it('leaves alone what another process is writing', async () => {
    const half = `${'0'.repeat(64)}.half`;
    writeFileSync(join(folder, half), 'aaa');
    await fetched(open(), 'a');
    expect(readdirSync(folder)).toContain(half);
  });
});
