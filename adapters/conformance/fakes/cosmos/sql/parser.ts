import { readExpression, readName } from './expressions.ts';
import { type Reader, readerOf } from './reader.ts';
import type { Column, Expression, Ordering, Query, Selection } from './syntax.ts';

const keywordsBehindColumns = ['FROM', 'WHERE', 'ORDER', 'OFFSET'];

/**
 * A query in the part of Cosmos DB's SQL that adapters use: SELECT [TOP n] * | VALUE x | columns FROM c [WHERE …] [ORDER BY …] [OFFSET n LIMIT n].
 * No joins, subqueries, GROUP BY, DISTINCT or arithmetic. Throws `Refusal`.
 */
export const parseQuery = (text: string): Query => {
  const reader = readerOf(text);
  reader.expect('SELECT');
  const top = reader.take('TOP') ? readExpression(reader) : undefined;
  const selection = readSelection(reader);
  const alias = readFrom(reader);
  const where = reader.take('WHERE') ? reader.spanned(() => readExpression(reader)) : undefined;
  const orderBy = readOrderBy(reader);
  const window = readWindow(reader);
  if (reader.peek().kind !== 'end') reader.fail();
  return {
    text,
    alias,
    selection,
    orderBy,
    ...window,
    ...(top === undefined ? {} : { top }),
    ...(where === undefined ? {} : { where: where.value, whereText: where.text }),
  };
};

/** The condition of a patch: `from c where …`. Throws `Refusal`. */
export const parseCondition = (text: string): { readonly alias: string; readonly where: Expression } => {
  const reader = readerOf(text);
  const alias = readFrom(reader);
  reader.expect('WHERE');
  const where = readExpression(reader);
  if (reader.peek().kind !== 'end') reader.fail();
  return { alias, where };
};

const readSelection = (reader: Reader): Selection => {
  if (reader.take('*')) return { kind: 'all' };
  if (reader.take('VALUE')) return { kind: 'value', column: readColumn(reader, 1) };
  const columns: Column[] = [];
  do columns.push(readColumn(reader, columns.length + 1));
  while (reader.take(','));
  return { kind: 'columns', columns };
};

const readColumn = (reader: Reader, position: number): Column => {
  const { value: expression, text } = reader.spanned(() => readExpression(reader));
  return { expression, text, name: readAlias(reader) ?? nameOf(expression) ?? `$${position}` };
};

const readAlias = (reader: Reader): string | undefined => {
  if (reader.take('AS')) return readName(reader);
  const { kind, text } = reader.peek();
  return kind === 'word' && !keywordsBehindColumns.includes(text.toUpperCase()) ? readName(reader) : undefined;
};

const nameOf = (expression: Expression): string | undefined => {
  if (expression.kind === 'root') return expression.alias;
  if (expression.kind !== 'member' || expression.name.kind !== 'literal') return undefined;
  return String(expression.name.value);
};

const readFrom = (reader: Reader): string => {
  reader.expect('FROM');
  const container = readName(reader);
  if (reader.take('AS')) return readName(reader);
  const { kind, text } = reader.peek();
  return kind === 'word' && !keywordsBehindColumns.includes(text.toUpperCase()) ? readName(reader) : container;
};

const readOrderBy = (reader: Reader): readonly Ordering[] => {
  if (!reader.take('ORDER')) return [];
  reader.expect('BY');
  const orderings: Ordering[] = [];
  do {
    const { value: expression, text } = reader.spanned(() => readExpression(reader));
    const descending = reader.take('DESC');
    if (!descending) reader.take('ASC');
    orderings.push({ expression, text, descending });
  } while (reader.take(','));
  return orderings;
};

const readWindow = (reader: Reader): Pick<Query, 'offset' | 'limit'> => {
  if (!reader.take('OFFSET')) return {};
  const offset = readExpression(reader);
  reader.expect('LIMIT');
  return { offset, limit: readExpression(reader) };
};
