import type { Json, JsonObject } from '../../../../../domain/kernel/json.ts';
import { badRequest } from '../answers.ts';
import { compareValues, haveOneType } from './order.ts';
import type { Comparison, Expression } from './syntax.ts';

export type Scope = {
  readonly alias: string;
  readonly document: JsonObject;
  readonly parameters: ReadonlyMap<string, Json>;
  /** What COUNT gives, where a whole result is counted. */
  readonly count?: number;
};

/** The value of an expression for one item; `undefined` is the language's own undefined, which makes a condition not hold. Throws `Refusal`. */
export const evaluate = (expression: Expression, scope: Scope): Json | undefined => {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'parameter':
      return scope.parameters.get(expression.name);
    case 'root':
      if (expression.alias === scope.alias || expression.alias === 'root') return scope.document;
      throw badRequest(`Identifier '${expression.alias}' could not be resolved.`);
    case 'member':
      return memberOf(evaluate(expression.of, scope), evaluate(expression.name, scope));
    case 'array':
      return expression.items.map((item) => evaluate(item, scope) ?? null);
    case 'object':
      return Object.fromEntries(expression.members.map(([name, value]) => [name, evaluate(value, scope)]));
    case 'call':
      return call(expression.name, expression.operands, scope);
    case 'compare':
      return compare(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'and':
      return both(evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'or':
      return either(evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'not':
      return not(evaluate(expression.operand, scope));
  }
};

const memberOf = (value: Json | undefined, name: Json | undefined): Json | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return typeof name === 'number' ? (value[name] as Json | undefined) : undefined;
  return typeof name === 'string' && Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined;
};

/** Values of different types compare to nothing. */
const compare = (operator: Comparison, left: Json | undefined, right: Json | undefined): boolean | undefined => {
  if (!haveOneType(left, right)) return undefined;
  const order = compareValues(left, right);
  if (operator === '=') return order === 0;
  if (operator === '!=') return order !== 0;
  if (typeof left === 'object') return undefined;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
};

const both = (left: Json | undefined, right: Json | undefined): boolean | undefined => {
  if (left === false || right === false) return false;
  return left === true && right === true ? true : undefined;
};
const either = (left: Json | undefined, right: Json | undefined): boolean | undefined => {
  if (left === true || right === true) return true;
  return left === false && right === false ? false : undefined;
};
const not = (value: Json | undefined): boolean | undefined => (typeof value === 'boolean' ? !value : undefined);

type Values = readonly (Json | undefined)[];
const ofStrings =
  (test: (text: string, part: string) => boolean) =>
  ([text, part]: Values): boolean | undefined =>
    typeof text === 'string' && typeof part === 'string' ? test(text, part) : undefined;

const functions: { readonly [name: string]: (values: Values) => Json | undefined } = {
  STARTSWITH: ofStrings((text, part) => text.startsWith(part)),
  ENDSWITH: ofStrings((text, part) => text.endsWith(part)),
  CONTAINS: ofStrings((text, part) => text.includes(part)),
  IS_DEFINED: ([value]) => value !== undefined,
  IS_NULL: ([value]) => value === null,
  IS_STRING: ([value]) => typeof value === 'string',
  IS_NUMBER: ([value]) => typeof value === 'number',
  ARRAY_CONTAINS: ([list, value]) =>
    Array.isArray(list) ? list.some((each: Json) => haveOneType(each, value) && compareValues(each, value) === 0) : undefined,
};

const call = (name: string, operands: readonly Expression[], scope: Scope): Json | undefined => {
  if (name === 'COUNT' && scope.count !== undefined) return scope.count;
  const known = functions[name];
  if (known === undefined) throw badRequest(`'${name}' is not a function that the fake knows.`);
  return known(operands.map((operand) => evaluate(operand, scope)));
};

/** Whether a result is counted instead of listed. */
export const counts = (expression: Expression): boolean => {
  if (expression.kind === 'call') return expression.name === 'COUNT';
  if (expression.kind === 'array') return expression.items.some(counts);
  return expression.kind === 'object' && expression.members.some(([, value]) => counts(value));
};
