import { type Environment, profiles } from '../environment.ts';

type Properties = { readonly [property: string]: unknown };

/** A resource as a rule sees it: in a preview with what the program asks for, in a graph with what the cloud answered too. */
export type Resource = {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Properties;
  readonly protect: boolean;
  /** What its provider is told, where it has one. */
  readonly provider?: Properties | undefined;
};
export type Resources = readonly Resource[];

/** What holds for each resource of some types. `breaks` says what is wrong. */
export type ResourceRule = {
  readonly name: string;
  readonly describes: string;
  /** Beginnings of types: `aws:s3/` is all of S3. */
  readonly types: readonly string[];
  readonly breaks: (resource: Resource, environment: Environment) => string | undefined;
};

/** What holds between resources. */
export type GraphRule = {
  readonly name: string;
  readonly describes: string;
  readonly breaks: (resources: Resources, environment: Environment) => readonly Violation[];
};
export type Violation = { readonly resource: Resource; readonly says: string };

export const appliesTo = ({ types }: ResourceRule, type: string): boolean => types.some((beginning) => type.startsWith(beginning));

/** The environment that a stack is named after; dev where it has another name. */
export const environmentOf = (stack: string): Environment => {
  const named = stack.split('-').at(-1) ?? '';
  return named in profiles ? (named as Environment) : 'dev';
};

export const ofType = (resources: Resources, type: string): Resources => resources.filter((resource) => resource.type === type);

/** A property of a property: `at(table, 'pointInTimeRecovery', 'enabled')`. */
export const at = ({ props }: Pick<Resource, 'props'>, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Properties)[key] : undefined), props);

export const textAt = (resource: Pick<Resource, 'props'>, ...path: readonly (string | number)[]): string => {
  const value = at(resource, ...path);
  return typeof value === 'string' ? value : '';
};
