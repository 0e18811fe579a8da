import { listUpTo, type Reader } from './reader.ts';
import type { Comparison, Expression } from './syntax.ts';
import { stringOf } from './tokens.ts';

/** The expressions that the fake understands: comparisons, AND, OR, NOT, IN, BETWEEN, calls, members, literals, arrays and objects. */
export const readExpression = (reader: Reader): Expression => readOr(reader);

const readOr = (reader: Reader): Expression => {
  let left = readAnd(reader);
  while (reader.take('OR')) left = { kind: 'or', left, right: readAnd(reader) };
  return left;
};

const readAnd = (reader: Reader): Expression => {
  let left = readNot(reader);
  while (reader.take('AND')) left = { kind: 'and', left, right: readNot(reader) };
  return left;
};

const readNot = (reader: Reader): Expression => (reader.take('NOT') ? { kind: 'not', operand: readNot(reader) } : readComparison(reader));

const comparisons: readonly (readonly [string, Comparison])[] = [
  ['=', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<=', '<='],
  ['>=', '>='],
  ['<', '<'],
  ['>', '>'],
];

const readComparison = (reader: Reader): Expression => {
  const left = readPrimary(reader);
  if (reader.take('NOT')) return { kind: 'not', operand: readMembership(reader, left) ?? reader.fail() };
  const membership = readMembership(reader, left);
  if (membership) return membership;
  const operator = comparisons.find(([sign]) => reader.take(sign))?.[1];
  return operator === undefined ? left : { kind: 'compare', operator, left, right: readPrimary(reader) };
};

const readMembership = (reader: Reader, left: Expression): Expression | undefined => {
  if (reader.take('IN')) {
    reader.expect('(');
    const candidates = listUpTo(reader, ')', () => readPrimary(reader));
    return candidates
      .map((right): Expression => ({ kind: 'compare', operator: '=', left, right }))
      .reduce((one, other) => ({ kind: 'or', left: one, right: other }));
  }
  if (!reader.take('BETWEEN')) return undefined;
  const from = readPrimary(reader);
  reader.expect('AND');
  const to = readPrimary(reader);
  return {
    kind: 'and',
    left: { kind: 'compare', operator: '>=', left, right: from },
    right: { kind: 'compare', operator: '<=', left, right: to },
  };
};

const readPrimary = (reader: Reader): Expression => {
  let expression = readAtom(reader);
  for (;;) {
    if (reader.take('.')) expression = { kind: 'member', of: expression, name: { kind: 'literal', value: readName(reader) } };
    else if (reader.take('[')) {
      expression = { kind: 'member', of: expression, name: readExpression(reader) };
      reader.expect(']');
    } else return expression;
  }
};

export const readName = (reader: Reader): string => {
  if (reader.peek().kind !== 'word') reader.fail();
  return reader.next().text;
};

const constants: { readonly [word: string]: boolean | null } = { TRUE: true, FALSE: false, NULL: null };

const readAtom = (reader: Reader): Expression => {
  if (reader.take('(')) {
    const inner = readExpression(reader);
    reader.expect(')');
    return inner;
  }
  if (reader.take('[')) return { kind: 'array', items: listUpTo(reader, ']', () => readExpression(reader)) };
  if (reader.take('{')) return { kind: 'object', members: listUpTo(reader, '}', () => readMember(reader)) };
  const { kind, text } = reader.peek();
  if (kind === 'string') return { kind: 'literal', value: stringOf(reader.next()) };
  if (kind === 'number') return { kind: 'literal', value: Number(reader.next().text) };
  if (kind === 'parameter') return { kind: 'parameter', name: reader.next().text };
  if (kind !== 'word') return reader.fail();
  const constant = constants[text.toUpperCase()];
  const word = reader.next().text;
  if (constant !== undefined) return { kind: 'literal', value: constant };
  if (reader.take('(')) return { kind: 'call', name: word.toUpperCase(), operands: listUpTo(reader, ')', () => readExpression(reader)) };
  return { kind: 'root', alias: word };
};

const readMember = (reader: Reader): readonly [string, Expression] => {
  const name = reader.peek().kind === 'string' ? stringOf(reader.next()) : readName(reader);
  reader.expect(':');
  return [name, readExpression(reader)];
};
