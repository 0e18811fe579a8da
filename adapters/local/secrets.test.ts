import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secretsConformance } from '../conformance/secrets.ts';
import { localSecrets } from './secrets.ts';

const folderOf = (): Promise<string> => mkdtemp(join(tmpdir(), 'secrets-'));

secretsConformance('the laptop', async () => {
  const folder = await folderOf();
  const file = join(folder, 'new', 'secrets.json');
  return { secrets: localSecrets({ file }), reopen: async () => localSecrets({ file }), close: () => rm(folder, { recursive: true }) };
});

describe('the secrets file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await folderOf();
    file = join(folder, 'secrets.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('may be opened by its owner alone, and nothing is left beside it', async () => {
    await localSecrets({ file }).put('signing-key', 'sesame');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['secrets.json']);
  });

  it.each([0o640, 0o604, 0o660, 0o666])('is refused with mode %o, for reading and for writing', async (mode) => {
    const secrets = localSecrets({ file });
    await secrets.put('signing-key', 'sesame');
    await chmod(file, mode);
    const refusal = { failure: { code: 'secrets-file-exposed', detail: expect.stringContaining('chmod 600') } };
    await expect(secrets.get('signing-key')).rejects.toMatchObject(refusal);
    await expect(secrets.put('other', 'value')).rejects.toMatchObject(refusal);
    await expect(localSecrets({ file }).get('signing-key')).rejects.toMatchObject(refusal);
  });

  it.each(['{"signing-key": "sesame"', '{"signing-key": {"sesame": 1}}', '["sesame", 1]', 'sesame'])(
    'is refused where it says %s, without a word of it in the error',
    async (content) => {
      await writeFile(file, content, { mode: 0o600 });
      const error: unknown = await localSecrets({ file })
        .get('signing-key')
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ failure: { code: 'secrets-file-malformed' } });
      expect(`${error instanceof Error ? `${error.stack} ${JSON.stringify(error)}` : ''}`).not.toContain('sesame');
    },
  );

  it('is read again once another process has rotated a secret', async () => {
    const [one, other] = [localSecrets({ file }), localSecrets({ file })];
    await one.put('signing-key', 'old');
    expect(await other.get('signing-key')).toBe('old');
    await one.put('signing-key', 'new');
    expect(await other.get('signing-key')).toBe('new');
  });

  it('loses what a crash left beside it at the next start', async () => {
    await writeFile(`${file}.0b0e8c1e.new`, 'half', { mode: 0o600 });
    localSecrets({ file });
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps a name that an object inherits as a name like any other', async () => {
    await localSecrets({ file }).put('__proto__', 'sesame');
    expect(await localSecrets({ file }).get('__proto__')).toBe('sesame');
    expect(await readFile(file, 'utf8')).toContain('"__proto__": "sesame"');
  });
});
