import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { setAside } from './aside.ts';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('what is set aside before it is sent', () => {
  it('is whole, has its digest, and goes', async () => {
    const path = await setAside(chunks('one ', 'two'), async (file) => {
      expect(file.md5).toBe(createHash('md5').update('one two').digest('base64'));
      expect(await readFile(file.path, 'utf8')).toBe('one two');
      return file.path;
    });
    expect(existsSync(path)).toBe(false);
  });

  it('is not sent where its source breaks off', async () => {
    const broken = async function* () {
      yield* chunks('one');
      throw new Error('broke off');
    };
    await expect(setAside(broken(), async () => 'sent')).rejects.toThrow('broke off');
  });
});
