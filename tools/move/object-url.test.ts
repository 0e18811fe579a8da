import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asAnnounced, checkGranted } from './object-url.ts';

describe('a URL that a platform grants', () => {
  const foreign = 'https://platform.example.com';
  it.each(['https://203.0.113.7/object?signature=x', 'https://unknown.invalid/x', `${foreign}/v1/objects/x`])(
    'is called where everybody may: %s',
    (url) => expect(checkGranted(url, foreign)).resolves.toBeUndefined(),
  );
  it.each([
    'https://127.0.0.1:8443/latest',
    'https://169.254.169.254/latest/meta-data',
    'https://10.1.2.3/x',
    'https://192.168.0.1/x',
    'https://[::1]/x',
    'https://[fd00::1]/x',
    'http://203.0.113.7/object',
  ])('is not called where whoever moves sits: %s', (url) =>
    expect(checkGranted(url, foreign)).rejects.toMatchObject({ failure: { code: 'url-refused' } }),
  );
  it('is what a platform on this machine says', () =>
    expect(checkGranted('http://127.0.0.1:9000/x', 'http://127.0.0.1:8080')).resolves.toBeUndefined());
});

describe('what a download brings', () => {
  async function* bytes(...texts: readonly string[]) {
    for (const text of texts) yield Buffer.from(text);
  }
  const brought = async (key: string, sizeBytes: number, ...texts: readonly string[]) => {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of asAnnounced(bytes(...texts), { key, sizeBytes })) chunks.push(chunk);
    } catch (error) {
      return { text: Buffer.concat(chunks).toString(), error: (error as Error).message };
    }
    return { text: Buffer.concat(chunks).toString() };
  };
  const key = `acme/sha256/${createHash('sha256').update('abcdef').digest('hex')}`;

  it('is passed on as it was announced', async () => {
    expect(await brought(key, 6, 'abc', 'def')).toEqual({ text: 'abcdef' });
    expect(await brought('acme/exports/x', 0)).toEqual({ text: '' });
  });
  it('is never whole where it is more, less or other than that', async () => {
    expect(await brought(key, 6, 'abc', 'deF')).toEqual({ text: 'abc', error: expect.stringContaining('is not what its key says') });
    expect(await brought(key, 6, 'abc', 'defg')).toEqual({ text: '', error: expect.stringContaining('more than the 6 bytes') });
    expect(await brought(key, 6, 'abc')).toEqual({ text: '', error: expect.stringContaining('3 of the 6 bytes') });
  });
});
