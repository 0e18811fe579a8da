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

/** What a policy document says, as a rule reads it. */
export type PolicyStatement = {
  readonly sid: string;
  readonly allows: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Services and accounts; `*` is anybody. */
  readonly principals: readonly string[];
  readonly condition: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
};

const many = (value: unknown): readonly string[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as string[]) : [String(value)];

/** The statements of a property that holds a policy document, as text or as an object. */
export const statementsIn = (document: unknown): readonly PolicyStatement[] => {
  if (document === undefined || document === '') return [];
  const { Statement = [] } = (typeof document === 'string' ? JSON.parse(document) : document) as {
    readonly Statement?: readonly Properties[];
  };
  return Statement.map(({ Sid, Effect, Action, Resource: resource, Principal, Condition }) => ({
    sid: String(Sid ?? ''),
    allows: Effect === 'Allow',
    actions: many(Action),
    resources: many(resource),
    principals: typeof Principal === 'object' && Principal !== null ? Object.values(Principal).flatMap(many) : many(Principal),
    condition: (Condition ?? {}) as PolicyStatement['condition'],
  }));
};

/** Whether a pattern of a policy (`*` is anything) covers a text. */
export const covers = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(text);
