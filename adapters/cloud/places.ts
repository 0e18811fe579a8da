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

/** A port of a place that a variable names; where it names none, each method of the port says so when it is used. */
export const portAt = <P extends object>(place: string | undefined, variable: string, make: (place: string) => P): P => {
  if (place) return make(place);
  const refuse = async (): Promise<never> => {
    throw unknownPlace(variable);
  };
  return Object.fromEntries(Object.keys(make(variable)).map((method) => [method, refuse])) as P;
};
