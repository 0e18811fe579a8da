import type { Resource } from '../stacks/policies/rule.ts';

type Properties = { readonly [property: string]: unknown };

/** A resource of a graph made into one that a rule has to refuse. */
export type Bad = {
  readonly rule: string;
  readonly what: string;
  readonly resource: string;
  readonly spoil: (resource: Resource) => Partial<Resource>;
};

/** The resources with one of them spoiled: what no rule may let pass. */
export const spoiled = (
  resources: readonly Resource[],
  name: string,
  change: (resource: Resource) => Partial<Resource>,
): readonly Resource[] => {
  if (!resources.some((resource) => resource.name === name)) throw new RangeError(`There is no ${name} to spoil.`);
  return resources.map((resource) => (resource.name === name ? { ...resource, ...change(resource) } : resource));
};

export const without = (resources: readonly Resource[], name: string): readonly Resource[] => {
  if (!resources.some((resource) => resource.name === name)) throw new RangeError(`There is no ${name} to leave out.`);
  return resources.filter((resource) => resource.name !== name);
};

/** Other values for some properties; `undefined` takes one away. */
export const withProps =
  (props: Properties) =>
  (resource: Resource): Partial<Resource> => ({ props: { ...resource.props, ...props } });

/** A policy document with its text changed. */
export const withPolicy =
  (change: (text: string) => string, property = 'policy') =>
  (resource: Resource): Partial<Resource> => ({ props: { ...resource.props, [property]: change(String(resource.props[property])) } });

/** A policy document that says one thing more. */
export const saying = (statement: object, property = 'policy') =>
  withPolicy((text) => {
    const document = JSON.parse(text) as { readonly Statement: readonly object[] };
    return JSON.stringify({ ...document, Statement: [...document.Statement, statement] });
  }, property);

export const more = (resources: readonly Resource[], count: number, type: string, props: Properties = {}): readonly Resource[] => [
  ...resources,
  ...Array.from({ length: count }, (_, index) => ({ type, name: `one-more-${index}`, urn: '', props, protect: false })),
];
