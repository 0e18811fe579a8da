import { googleRefusal } from './google-errors.ts';

/** What a subscription's filter says (https://cloud.google.com/pubsub/docs/subscription-message-filter#filtering_syntax). */
export type PubSubFilter =
  | { readonly kind: 'has'; readonly key: string }
  | { readonly kind: 'equals' | 'differs' | 'hasPrefix'; readonly key: string; readonly value: string }
  | { readonly kind: 'not'; readonly of: PubSubFilter }
  | { readonly kind: 'and' | 'or'; readonly of: readonly PubSubFilter[] };

const filterBytes = 256;
const word = /[A-Za-z0-9_-]+/y;
const quoted = /"(?:[^"\\]|\\.)*"/sy;

/**
 * Parses a filter; an empty one matches everything. AND and OR are combined by parentheses only, and keys are words or string literals.
 * Throws `Refusal` (400) as the service would refuse the subscription: for what is no filter, and for more than 256 bytes.
 */
export const parsePubSubFilter = (text: string): PubSubFilter => {
  if (Buffer.byteLength(text) > filterBytes) throw googleRefusal('INVALID_ARGUMENT', `The filter is longer than ${filterBytes} bytes.`);
  const reader = readerOf(text);
  if (reader.isAtEnd()) return { kind: 'and', of: [] };
  const filter = readCondition(reader);
  if (!reader.isAtEnd()) reader.fail();
  return filter;
};

/** Whether a message of these attributes is delivered. `!=` is the opposite of `=`, so it holds for a message without the attribute too. */
export const matchesPubSubFilter = (filter: PubSubFilter, attributes: Readonly<Record<string, string>>): boolean => {
  const valueOfKey = 'key' in filter && Object.hasOwn(attributes, filter.key) ? attributes[filter.key] : undefined;
  switch (filter.kind) {
    case 'has':
      return valueOfKey !== undefined;
    case 'equals':
      return valueOfKey === filter.value;
    case 'differs':
      return valueOfKey !== filter.value;
    case 'hasPrefix':
      return valueOfKey?.startsWith(filter.value) ?? false;
    case 'not':
      return !matchesPubSubFilter(filter.of, attributes);
    case 'and':
      return filter.of.every((each) => matchesPubSubFilter(each, attributes));
    case 'or':
      return filter.of.some((each) => matchesPubSubFilter(each, attributes));
  }
};

type Reader = {
  /** Whether it took this, having stood before it; white space in front does not count. A word is not taken from within a longer one. */
  take(expected: string): boolean;
  expect(expected: string): void;
  match(pattern: RegExp): string | undefined;
  isAtEnd(): boolean;
  fail(): never;
};

const readerOf = (text: string): Reader => {
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const skip = (): void => void match(/\s*/y);
  const fail = (): never => {
    throw googleRefusal('INVALID_ARGUMENT', `Invalid filter: syntax error at position ${at}.`);
  };
  const take = (expected: string): boolean => {
    skip();
    const isWord = /\w$/.test(expected);
    if (!text.startsWith(expected, at) || (isWord && /\w/.test(text[at + expected.length] ?? ''))) return false;
    at += expected.length;
    return true;
  };
  const isAtEnd = (): boolean => {
    skip();
    return at === text.length;
  };
  return { take, match, fail, isAtEnd, expect: (expected) => void (take(expected) || fail()) };
};

const readCondition = (reader: Reader): PubSubFilter => {
  const first = readTerm(reader);
  const operator = reader.take('AND') ? 'AND' : reader.take('OR') ? 'OR' : undefined;
  if (operator === undefined) return first;
  const of = [first, readTerm(reader)];
  while (reader.take(operator)) of.push(readTerm(reader));
  return { kind: operator === 'AND' ? 'and' : 'or', of };
};

const readTerm = (reader: Reader): PubSubFilter => {
  if (reader.take('NOT') || reader.take('-')) return { kind: 'not', of: readBasic(reader) };
  return readBasic(reader);
};

const readBasic = (reader: Reader): PubSubFilter => {
  if (reader.take('(')) {
    const inner = readCondition(reader);
    reader.expect(')');
    return inner;
  }
  if (reader.take('hasPrefix')) return readHasPrefix(reader);
  reader.expect('attributes');
  if (reader.take(':')) return { kind: 'has', key: readKey(reader) };
  const key = readMember(reader);
  const kind = reader.take('!=') ? 'differs' : reader.take('=') ? 'equals' : reader.fail();
  return { kind, key, value: readString(reader) };
};

const readHasPrefix = (reader: Reader): PubSubFilter => {
  reader.expect('(');
  reader.expect('attributes');
  const key = readMember(reader);
  reader.expect(',');
  const value = readString(reader);
  reader.expect(')');
  return { kind: 'hasPrefix', key, value };
};

const readMember = (reader: Reader): string => {
  reader.expect('.');
  return readKey(reader);
};

const readKey = (reader: Reader): string => {
  const literal = reader.match(quoted);
  return literal === undefined ? (reader.match(word) ?? reader.fail()) : unescaped(literal, reader);
};

const readString = (reader: Reader): string => {
  reader.match(/\s*/y);
  return unescaped(reader.match(quoted) ?? reader.fail(), reader);
};

const escapes: { readonly [letter: string]: string } = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** A literal's text: with escapes of one letter, Unicode (`\u307F`), hexadecimal (`\x41`) and octal ones (`\101`). */
const unescaped = (literal: string, reader: Reader): string =>
  literal
    .slice(1, -1)
    .replaceAll(/\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([0-7]{3})|(.))/gs, (_, unicode, hex, octal, letter: string) => {
      if (unicode !== undefined || hex !== undefined) return String.fromCharCode(Number.parseInt(unicode ?? hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return escapes[letter] ?? reader.fail();
    });
