import { isDeepStrictEqual } from 'node:util';
import type { Kind } from './kind.ts';
import { chosen } from './naming.ts';
import { isFile, isUnknown, type Properties, plain, type Value } from './values.ts';

export type Change = 'ADD' | 'DELETE' | 'UPDATE';
export type Difference = {
  readonly changes: ReadonlyMap<string, Change>;
  readonly replaces: readonly string[];
  /** Two of one name cannot be at once; a name with a random suffix is another one each time. */
  readonly removeFirst: boolean;
};

/** Files are what they contain, wherever they lie; an object without a property is the same as one where it is null. */
const comparable = (value: Value | undefined): unknown => {
  const known = value === undefined ? null : plain(value);
  if (known === null || typeof known !== 'object') return known;
  if (isFile(known)) return known.hash;
  if (Array.isArray(known)) return known.map(comparable);
  return Object.fromEntries(
    Object.entries(known)
      .filter(([, part]) => part !== null)
      .map(([key, part]) => [key, comparable(part)]),
  );
};

const differs = (old: Value | undefined, fresh: Value | undefined): boolean =>
  isUnknown(fresh ?? null) || !isDeepStrictEqual(comparable(old), comparable(fresh));

/** Compares what the program said last time with what it says now. */
export const differenceOf = (kind: Kind, olds: Properties, news: Properties, ignored: readonly string[] = []): Difference => {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((name) => name !== chosen && !ignored.includes(name));
  const different = names.filter((name) => differs(olds[name], news[name]));
  const isIn = (properties: Properties, name: string) => comparable(properties[name]) !== null;
  const changeOf = (name: string): Change => (!isIn(olds, name) ? 'ADD' : isIn(news, name) ? 'UPDATE' : 'DELETE');
  const replaces = different.filter((name) => kind.replacedBy.includes(name));
  const isGiven = kind.naming !== undefined && news[chosen] === undefined;
  return {
    changes: new Map(different.map((name) => [name, changeOf(name)])),
    replaces,
    removeFirst: isGiven && replaces.length > 0 && !replaces.includes(kind.naming?.property ?? ''),
  };
};
