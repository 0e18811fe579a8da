import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chunks, contentOf, succeeded } from '../conformance/object-store-harness.ts';
import { localObjectStore } from './object-store.ts';

const options = { baseUrl: () => 'http://127.0.0.1', signingKey: Buffer.alloc(32, 1) };

describe('the files of an object store', () => {
  let folder: string;
  let now: Date;
  const opened = () => localObjectStore({ ...options, folder, clock: { now: () => now } });
  const files = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  beforeEach(async () => {
    now = new Date();
    folder = await mkdtemp(join(tmpdir(), 'object-files-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Runs a script on a store in another process, as `sh` starts it. */
  const elsewhere = async (script: string, shell = ''): Promise<{ readonly exit: unknown; readonly output: string }> => {
    const source = `
      import { localObjectStore } from ${JSON.stringify(fileURLToPath(new URL('object-store.ts', import.meta.url)))};
      const store = localObjectStore({ folder: ${JSON.stringify(folder)}, baseUrl: () => '', signingKey: Buffer.alloc(32), clock: { now: () => new Date() } });
      async function* megabytes(count) { for (let each = 0; each < count; each++) yield new Uint8Array(1024 * 1024).fill(each); }
      ${script}`;
    const child = spawn('sh', ['-c', `${shell} exec node --import tsx --input-type=module -e "$SOURCE"`], {
      env: { ...process.env, SOURCE: source },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, exit] = await Promise.all([
      text(child.stdout),
      new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code))),
    ]);
    return { exit, output };
  };

  it('are two for each object: nothing is left of puts, copies, uploads and deletions', async () => {
    const store = opened();
    for (const content of ['one', 'two', 'three']) succeeded(await store.put('a', chunks(content)));
    succeeded(await store.copy('a', 'b'));
    await store.put('a', chunks('x'), { ifNoneMatch: '*' });
    await store.put('c', chunks('too large'), { maxBytes: 1 });
    await store.delete('a');
    const upload = await store.startMultipart('d');
    await store.putPart(upload, 1, chunks('x'));
    const { etag } = succeeded(await store.putPart(upload, 1, chunks('y')));
    succeeded(await store.completeMultipart(upload, [{ part: 1, etag }]));
    expect(
      files()
        .map(({ parentPath }) => parentPath.slice(folder.length + 1))
        .sort(),
    ).toEqual(['content', 'content', 'entries', 'entries']);
  });

  it('may be opened by their owner alone', async () => {
    succeeded(await opened().put('a', chunks('x')));
    const modes = await Promise.all(files().map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).mode & 0o077));
    expect(modes).toEqual([0, 0]);
  });

  it('give a runtime the path of the bytes, and none for what is not there', async () => {
    const store = opened();
    succeeded(await store.put('models/a.onnx', chunks('bytes')));
    expect(await readFile(store.pathOf('models/a.onnx') ?? '', 'utf8')).toBe('bytes');
    expect(store.pathOf('nothing')).toBeUndefined();
    expect(store.pathOf('../entries')).toBeUndefined();
  });

  it('are there when the store is opened again', async () => {
    succeeded(await opened().put('a', chunks('kept')));
    expect(await contentOf(opened(), 'a')).toBe('kept');
  });

  it('survive a crash in the middle of replacing: the old object stays, the torn one is swept at the next start', async () => {
    succeeded(await opened().put('a', chunks('old')));
    const { exit } = await elsewhere(
      `await store.put('a', (async function* () { yield* megabytes(3); process.kill(process.pid, 'SIGKILL'); yield* megabytes(1); })());`,
    );
    expect(exit).toBe('SIGKILL');
    expect(files().length).toBeGreaterThan(2);
    const store = opened();
    expect(files()).toHaveLength(2);
    expect(await contentOf(store, 'a')).toBe('old');
  });

  it('lose the replaced content at the next start where a crash came before its removal', async () => {
    succeeded(await opened().put('a', chunks('new')));
    writeFileSync(join(folder, 'content', 'replaced'), 'old');
    writeFileSync(join(folder, 'pending', 'mark'), JSON.stringify({ key: 'a', content: 'replaced' }));
    expect(await contentOf(opened(), 'a')).toBe('new');
    expect(files()).toHaveLength(2);
  });

  it('keep a published content whose mark a crash left or tore', async () => {
    const { etag } = succeeded(await opened().put('a', chunks('kept')));
    writeFileSync(join(folder, 'pending', 'mark'), JSON.stringify({ key: 'a', content: etag }));
    writeFileSync(join(folder, 'pending', etag), '');
    expect(await contentOf(opened(), 'a')).toBe('kept');
    expect(readdirSync(join(folder, 'pending'))).toEqual([]);
  });

  it('keep an unfinished upload for seven days', async () => {
    const upload = await opened().startMultipart('a');
    now = new Date(Date.now() + 6 * 24 * 3600 * 1000);
    const { etag } = succeeded(await opened().putPart(upload, 1, chunks('x')));
    now = new Date(Date.now() + 8 * 24 * 3600 * 1000);
    expect(await opened().completeMultipart(upload, [{ part: 1, etag }])).toMatchObject({ code: 'upload-not-found' });
    expect(files()).toEqual([]);
  });

  it('say that the disk is full, leave nothing, and go on reading and deleting', async () => {
    succeeded(await opened().put('a', chunks('old')));
    const script = `
      const codes = [];
      for (const attempt of [() => store.put('a', megabytes(8)), async () => store.putPart(await store.startMultipart('b'), 1, megabytes(8))])
        codes.push(await attempt().then(() => 'stored', (error) => error.failure?.code ?? String(error)));
      const { body } = await store.get('a');
      const content = await new Response(body).text();
      await store.delete('a');
      console.log(JSON.stringify([...codes, content, (await store.head('a')) ?? 'deleted']));`;
    const { output } = await elsewhere(script, 'ulimit -f 8192;');
    expect(JSON.parse(output)).toEqual(['storage-full', 'storage-full', 'old', 'deleted']);
    expect(
      files()
        .map(({ name }) => name)
        .filter((name) => name !== 'upload.json'),
    ).toEqual([]);
  });

  it('stream 200 MB in and out in less than 100 MB of memory', async () => {
    const script = `
      const before = process.memoryUsage.rss();
      const { sizeBytes } = await store.put('big', megabytes(200));
      let read = 0;
      for await (const chunk of (await store.get('big')).body) read += chunk.byteLength;
      console.log(JSON.stringify({ sizeBytes, read, grown: process.resourceUsage().maxRSS * 1024 - before }));`;
    const { sizeBytes, read, grown } = JSON.parse((await elsewhere(script)).output) as Record<string, number>;
    expect([sizeBytes, read]).toEqual([200 * 1024 * 1024, 200 * 1024 * 1024]);
    expect(grown).toBeLessThan(100 * 1024 * 1024);
  });

  it('are handed over 256 KiB at a time, and no more once the reader has had enough', async () => {
    const store = opened();
    succeeded(await store.put('a', chunks(new Uint8Array(8 * 1024 * 1024))));
    const reader = succeeded(await store.get('a')).body.getReader();
    const first = await reader.read();
    await reader.cancel();
    expect(first.value?.byteLength).toBeLessThanOrEqual(256 * 1024);
  });

  it('ignore folders and files that are none of the store', async () => {
    const store = opened();
    mkdirSync(join(folder, 'entries', 'lost+found'));
    writeFileSync(join(folder, 'entries', '.DS_Store'), '');
    succeeded(await store.put('a', chunks('x')));
    expect((await store.list('')).items.map(({ key }) => key)).toEqual(['a']);
  });
});
