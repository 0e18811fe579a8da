import { createHash, randomBytes } from 'node:crypto';
import type { Naming } from './kind.ts';
import { type Properties, plain } from './values.ts';

/** Where a provider keeps which of a resource's inputs it chose itself. */
export const chosen = '__defaults';
const suffixLength = 7;

/** Preview and update are given the same seed, and so choose the same name. */
const suffix = (seed: Uint8Array): string =>
  (seed.length > 0 ? createHash('sha256').update(seed).digest('hex') : randomBytes(suffixLength).toString('hex')).slice(0, suffixLength);

/** `orders` becomes `orders-3f2a9c1`; a name that would be too long loses the end of what was given. */
const nameOf = (given: string, seed: Uint8Array, { longest, separator = '-' }: Naming, ending: string): string =>
  `${given.slice(0, longest - suffixLength - separator.length - ending.length)}${separator}${suffix(seed)}${ending}`;

const choseBefore = (naming: Naming, olds: Properties): boolean => {
  const names = plain(olds[chosen] ?? []);
  return Array.isArray(names) && names.includes(naming.property) && olds[naming.property] !== undefined;
};

type Request = { readonly given: string; readonly seed: Uint8Array; readonly olds: Properties; readonly news: Properties };

/** Names what the program left unnamed, and keeps the name that was chosen before. */
export const named = (naming: Naming | undefined, { given, seed, olds, news }: Request): Properties => {
  if (naming === undefined || news[naming.property] !== undefined) return news;
  const kept = choseBefore(naming, olds) ? olds[naming.property] : undefined;
  return {
    ...news,
    [naming.property]: kept ?? nameOf(given, seed, naming, naming.ending?.(news) ?? ''),
    [chosen]: [naming.property],
  };
};
