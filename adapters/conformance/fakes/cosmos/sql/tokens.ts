import type { Refusal } from '../../server.ts';
import { refused } from '../answers.ts';

export type Token = {
  readonly kind: 'word' | 'string' | 'number' | 'parameter' | 'sign' | 'end';
  readonly text: string;
  readonly from: number;
  readonly to: number;
};

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /(?:\s+|--[^\n]*)/y],
  ['string', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y],
  ['number', /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['parameter', /@[A-Za-z_]\w*/y],
  ['word', /[A-Za-z_]\w*/y],
  ['sign', /<>|!=|<=|>=|[=<>()[\]{},.:*]/y],
];

/** What the service says of a query that it cannot read. */
export const syntaxError = (from: number, to: number, near: string): Refusal =>
  refused({
    status: 400,
    code: 'BadRequest',
    message: JSON.stringify({
      errors: [
        {
          severity: 'Error',
          location: { start: from, end: to },
          code: 'SC1001',
          message: `Syntax error, incorrect syntax near '${near}'.`,
        },
      ],
    }),
  });

/** Throws `Refusal`. */
export const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const { kind, found } = nextAt(text, at);
    if (kind !== 'space') tokens.push({ kind, text: found, from: at, to: at + found.length });
    at += found.length;
  }
  return [...tokens, { kind: 'end', text: '', from: text.length, to: text.length }];
};

const nextAt = (text: string, at: number): { readonly kind: Token['kind'] | 'space'; readonly found: string } => {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return { kind, found };
  }
  throw syntaxError(at, at + 1, text.slice(at, at + 1));
};

/** A string in either kind of quotes, with the escapes of JSON. */
export const stringOf = ({ text, from, to }: Token): string => {
  const inner = text
    .slice(1, -1)
    .replaceAll("\\'", "'")
    .replace(/(?<!\\)"/g, '\\"');
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    throw syntaxError(from, to, text);
  }
};
