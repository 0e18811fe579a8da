import { createHash } from 'node:crypto';
import type { StatedDigests } from './content-digest.ts';

/** Bytes as they pass by: counted, and hashed by the algorithms that are asked for; `digests` in lower-case hexadecimal once they all did. */
export const hashing = (body: AsyncIterable<Uint8Array>, stated: StatedDigests) => {
  const sha256 = createHash('sha256');
  const sha512 = stated.sha512 === undefined ? undefined : createHash('sha512');
  let sizeBytes = 0;
  const bytes = async function* () {
    for await (const chunk of body) {
      sha256.update(chunk);
      sha512?.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  };
  return {
    bytes: bytes(),
    sizeBytes: () => sizeBytes,
    digests: () => ({ sha256: sha256.digest('hex'), ...(sha512 && { sha512: sha512.digest('hex') }) }),
  };
};
