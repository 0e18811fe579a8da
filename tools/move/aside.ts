import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** `md5` in base64, as `Content-MD5` says it. */
export type Aside = { readonly path: string; readonly md5: string };

/**
 * Has all of an object on disk before it is sent: who sends it has to say its digest first where a bucket's objects are locked, and one whose source
 * breaks off is not begun.
 */
export const setAside = async <T>(body: AsyncIterable<Uint8Array>, use: (file: Aside) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'move-'));
  try {
    const path = join(folder, 'object');
    const hash = createHash('md5');
    const hashed = async function* () {
      for await (const chunk of body) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(hashed, createWriteStream(path));
    return await use({ path, md5: hash.digest('base64') });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
