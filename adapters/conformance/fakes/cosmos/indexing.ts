import { badRequest } from './answers.ts';
import type { CompositePath, IndexingPolicy } from './container.ts';
import type { Expression, Ordering } from './sql/syntax.ts';

const everything: IndexingPolicy = { includedPaths: [{ path: '/*' }], excludedPaths: [] };

/**
 * An ordering has to be served from an index: one property from its path's, several from a composite index of the same paths in the same sequence,
 * with the directions that it has or all of them the other way round. Throws `Refusal`.
 */
export const checkOrdering = (orderings: readonly Ordering[], policy: IndexingPolicy = everything): void => {
  const paths = orderings.map(({ expression }) => pathOf(expression));
  const [only] = paths;
  if (paths.length === 1 && only !== undefined && !isIndexed(only, policy))
    throw badRequest('The order-by item requires a range index to be defined on the corresponding index path.');
  const served = (policy.compositeIndexes ?? []).some((index) => serves(index, orderings, paths));
  if (paths.length > 1 && !served)
    throw badRequest('The order by query does not have a corresponding composite index that it can be served from.');
};

const pathOf = (expression: Expression): string => {
  if (expression.kind === 'root') return '';
  if (expression.kind === 'member' && expression.name.kind === 'literal') return `${pathOf(expression.of)}/${expression.name.value}`;
  throw badRequest('Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.');
};

const serves = (index: readonly CompositePath[], orderings: readonly Ordering[], paths: readonly string[]): boolean => {
  if (index.length !== orderings.length || index.some(({ path }, at) => path !== paths[at])) return false;
  const turned = index.map(({ order }, at) => (order === 'descending') !== orderings[at]?.descending);
  return new Set(turned).size === 1;
};

/** The longest path of the policy that covers a property decides; included wins over excluded. */
const isIndexed = (path: string, { indexingMode, includedPaths = [], excludedPaths = [] }: IndexingPolicy): boolean => {
  if (indexingMode === 'none') return false;
  const precision = (paths: readonly { readonly path: string }[]): number =>
    Math.max(-1, ...paths.map((each) => each.path.replaceAll('"', '')).flatMap((each) => (covers(each, path) ? [each.length] : [])));
  const included = precision(includedPaths);
  return included >= 0 && included >= precision(excludedPaths);
};

const covers = (pattern: string, path: string): boolean =>
  pattern.endsWith('/*') ? `${path}/`.startsWith(pattern.slice(0, -1)) : pattern === `${path}/?`;
