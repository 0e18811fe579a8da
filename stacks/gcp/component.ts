import { createHash } from 'node:crypto';

/** Whose costs a resource causes. Everything else that a resource is labelled with comes from the provider of the stack. */
export const contextLabel = (context: string) => ({ 'hybrid-context': context });

/** Eight hexadecimal digits of a text's SHA-256. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** A name within a length: a longer one ends in a digest of the whole, so that two of them never become the same. */
export const fitted = (name: string, longest: number): string =>
  name.length <= longest ? name : `${name.slice(0, longest - 9).replace(/-+$/, '')}-${digestOf(name)}`;

/** Seconds as Google writes durations. */
export const seconds = (count: number): string => `${count}s`;
export const days = (count: number): string => seconds(count * 86_400);
