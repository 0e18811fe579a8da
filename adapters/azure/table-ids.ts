import { createHash } from 'node:crypto';

/** Of Cosmos DB, in bytes (service quotas); what is not plain takes three. */
const longestId = 1023;

/**
 * The id of the document of a sort key. Ids hold no `/ \ ? #` (and are safe in a URL, so nothing but plain characters stays as it is); a key that
 * would become too long has its digest for an id. No two keys have one id. Documents are ordered by `sk`, never by this.
 */
export const idOf = (sk: string): string => {
  if (/^[\w:@=,;+$&!*()-]+$/.test(sk) && sk.length <= longestId) return sk;
  const escaped = sk.replaceAll(/[^\w:@=,;+$&!*()-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `~${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return escaped.length <= longestId ? escaped : `~~${createHash('sha256').update(sk).digest('hex')}`;
};
