import { type Failure, failed } from '../../domain/kernel/failure.ts';

/** The digests that a request states for its body, as lower-case hexadecimal, by algorithm. Others than these two are not understood and ignored. */
export type StatedDigests = { readonly sha256?: string; readonly sha512?: string };

// A member of the dictionary (RFC 8941) whose value is a byte sequence, with parameters that mean nothing here.
const member = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):(?:[ ]*;[^,]*)?$/;
const understood: { readonly [algorithm: string]: { readonly name: keyof StatedDigests; readonly bytes: number } } = {
  'sha-256': { name: 'sha256', bytes: 32 },
  'sha-512': { name: 'sha512', bytes: 64 },
};

const malformed = (header: string) =>
  failed('invalid', 'invalid-content-digest', `Content-Digest is "sha-256=:<base64>:" (RFC 9530), not "${header.slice(0, 200)}".`);

/** Reads `Content-Digest` (RFC 9530, section 2): 422 `invalid-content-digest` where it is malformed. */
export const parseContentDigest = (header: string | null): StatedDigests | Failure<'invalid-content-digest'> => {
  const stated: { -readonly [K in keyof StatedDigests]: StatedDigests[K] } = {};
  for (const text of header?.split(',') ?? []) {
    const matched = member.exec(text.trim());
    if (matched === null) return malformed(text);
    const algorithm = understood[matched[1] ?? ''];
    const digest = Buffer.from(matched[2] ?? '', 'base64');
    if (algorithm && digest.length !== algorithm.bytes) return malformed(text);
    if (algorithm) stated[algorithm.name] = digest.toString('hex');
  }
  return stated;
};

/** Says in a header what a representation's digest is: `sha-256=:<base64>:`. */
export const digestHeader = (sha256: string): string => `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;
