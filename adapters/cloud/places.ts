import { failed, Rejected } from '../../domain/kernel/failure.ts';

/** What tells a function where a resource is: `HYBRID_TABLE_MODELS_REGISTRY` for the table `models.registry`. */
export const variableOf = (kind: string, name = ''): string =>
  ['hybrid', kind, name]
    .filter((part) => part !== '')
    .join('_')
    .replaceAll(/[^a-z0-9]+/gi, '_')
    .toUpperCase();

/** Of what nobody told a function where it is. */
export const unknownPlace = (variable: string): Rejected =>
  new Rejected(
    failed(
      'unavailable',
      'resource-unknown',
      `${variable} is not set: this function was not told of what it is to use, or not granted it.`,
    ),
  );

/**
 * A port of a place that variables name; where one of them names nothing, each method of the port says so when it is used. To know its methods the port
 * is made then, too, of a place that is nowhere.
 */
export const portAt = <P extends object>(
  environment: { readonly [variable: string]: string | undefined },
  variables: readonly string[],
  make: (...places: readonly string[]) => P,
): P => {
  const absent = variables.find((variable) => !environment[variable]);
  const port = make(...variables.map((variable) => environment[variable] || nowhere(variable)));
  if (absent === undefined) return port;
  const refuse = async (): Promise<never> => {
    throw unknownPlace(absent);
  };
  return Object.fromEntries(Object.keys(port).map((method) => [method, refuse])) as P;
};

const nowhere = (variable: string): string => `https://${variable.toLowerCase().replaceAll('_', '-')}.invalid/x`;
