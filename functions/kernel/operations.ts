import type { ContextDeclaration, RouteDeclaration, RouteKey } from './context.ts';

/** A route as documents tell of it. */
export type Operation = {
  /** Unique over all contexts. */
  readonly id: string;
  readonly context: Pick<ContextDeclaration, 'name' | 'describes'>;
  readonly key: RouteKey;
  readonly method: string;
  /** The path's template as OpenAPI writes it: `{key}` also where the parameter takes slashes (`{key+}`). */
  readonly path: string;
  readonly pathParameters: readonly string[];
  readonly route: RouteDeclaration;
};

const parameterPattern = /\{(\w+)\+?\}/g;

export const pathParametersOf = (path: string): readonly string[] =>
  [...path.matchAll(parameterPattern)].map((match) => match[1] as string);

/** Whether two templates could both stand for one path of as many segments. */
export const templatesOverlap = (one: string, other: string): boolean => {
  const [a, b] = [one.split('/'), other.split('/')];
  return a.length === b.length && a.every((segment, at) => segment === b[at] || segment.includes('{') || b[at]?.includes('{'));
};

/** All routes of all contexts in the order of their declaration, each with an id of its own. */
export const operationsOf = (contexts: readonly ContextDeclaration[]): readonly Operation[] => {
  const taken = new Map<string, Operation>();
  for (const context of contexts)
    for (const [key, route] of Object.entries(context.routes) as [RouteKey, RouteDeclaration][]) {
      const [method, template] = key.split(' ') as [string, string];
      const described = { context, key, method, path: template.replaceAll('+}', '}'), pathParameters: pathParametersOf(template), route };
      const id = freeId(described, taken);
      taken.set(id, { ...described, id });
    }
  return [...taken.values()];
};

// What a route does names it; the context stands before that where another context has the name, and what the path adds after it where one use
// case has several paths. Earlier routes keep their ids when later ones come.
const freeId = ({ context, pathParameters, path, method, route }: Omit<Operation, 'id'>, taken: ReadonlyMap<string, Operation>): string => {
  const { does } = route;
  const siblings = [...taken.values()].filter((other) => other.context.name === context.name && other.route.does === does);
  const first = siblings[0];
  const base = first?.id ?? (taken.has(does) ? `${context.name}-${does}` : does);
  const added = pathParameters.filter((name) => !first?.pathParameters.includes(name));
  const distinct = first === undefined ? base : [base, 'by', ...added].join('-');
  return taken.has(distinct) ? `${base}-${method.toLowerCase()}${path.replaceAll(/[^a-z0-9]+/gi, '-')}` : distinct;
};
