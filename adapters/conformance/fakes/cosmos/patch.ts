import type { Json, JsonObject } from '../../../../domain/kernel/json.ts';
import { badRequest } from './answers.ts';
import { evaluate } from './sql/evaluate.ts';
import { parseCondition } from './sql/parser.ts';

type Change = { readonly op: string; readonly path: string; readonly value?: Json };
type Draft = { [name: string]: Json | undefined };

const changesAtMost = 10;

/** A document after a patch, or nothing where the patch's condition (`from c where …`) does not hold for it. Throws `Refusal`. */
export const patched = (document: JsonObject, { condition, operations }: JsonObject): JsonObject | undefined => {
  if (typeof condition === 'string' && !holds(condition, document)) return undefined;
  if (!Array.isArray(operations) || operations.length === 0) throw badRequest('A patch needs operations.');
  if (operations.length > changesAtMost) throw badRequest(`A patch has at most ${changesAtMost} operations.`);
  const draft = structuredClone(document) as Draft;
  for (const change of operations as readonly Change[]) apply(draft, change);
  return draft;
};

const holds = (condition: string, document: JsonObject): boolean => {
  const { alias, where } = parseCondition(condition);
  return evaluate(where, { alias, document, parameters: new Map() }) === true;
};

const apply = (draft: Draft, { op, path, value }: Change): void => {
  const steps = path.split('/').slice(1);
  const name = steps.pop();
  const parent = steps.reduce<Draft | undefined>((at, step) => at?.[step] as Draft | undefined, draft);
  if (name === undefined || typeof parent !== 'object') throw badRequest(`For ${op}, the path ${path} does not exist.`);
  if (Array.isArray(parent)) throw badRequest('The fake patches no arrays.');
  if ((op === 'replace' || op === 'remove') && parent[name] === undefined) throw badRequest(`For ${op}, the path ${path} does not exist.`);
  if (op === 'remove') delete parent[name];
  else if (op === 'add' || op === 'set' || op === 'replace') parent[name] = value;
  else if (op === 'incr') parent[name] = Number(parent[name] ?? 0) + Number(value);
  else throw badRequest(`The patch operation ${op} is not supported.`);
};
