import { syntaxError, type Token, tokensOf } from './tokens.ts';

/** Reads the tokens of a query from left to right. Keywords are of either case. */
export type Reader = {
  readonly text: string;
  peek(): Token;
  next(): Token;
  /** Whether it took this keyword or sign, having stood before it. */
  take(expected: string): boolean;
  /** Throws `Refusal` where something else stands there. */
  expect(expected: string): void;
  fail(): never;
  /** The text that `read` went over, and what it gave. */
  spanned<T>(read: () => T): { readonly value: T; readonly text: string };
};

export const readerOf = (text: string): Reader => {
  const tokens = tokensOf(text);
  const end = tokens.at(-1) as Token;
  let at = 0;
  const peek = (): Token => tokens[at] ?? end;
  const fail = (): never => {
    const { from, to, text: near } = peek();
    throw syntaxError(from, to, near);
  };
  const take = (expected: string): boolean => {
    const { kind, text: found } = peek();
    const matches = (kind === 'word' || kind === 'sign') && found.toUpperCase() === expected;
    if (matches) at++;
    return matches;
  };
  return {
    text,
    peek,
    next: () => tokens[at++] ?? end,
    take,
    expect: (expected) => void (take(expected) || fail()),
    fail,
    spanned: (read) => {
      const { from } = peek();
      const value = read();
      return { value, text: text.slice(from, tokens[at - 1]?.to ?? from) };
    },
  };
};

/** Items between commas, up to `close`. */
export const listUpTo = <T>(reader: Reader, close: string, read: () => T): readonly T[] => {
  const items: T[] = [];
  if (reader.take(close)) return items;
  do items.push(read());
  while (reader.take(','));
  reader.expect(close);
  return items;
};
