type Renames = { readonly [property: string]: string };

const nameOf = (key: string, renames: Renames): string => renames[key] ?? key.charAt(0).toUpperCase() + key.slice(1);

/** The same with names as the service's API spells them: `sseAlgorithm` is `SseAlgorithm` unless `renames` knows better. */
export const inApiNames = <T>(value: T, renames: Renames = {}): unknown => {
  if (Array.isArray(value)) return value.map((part) => inApiNames(part, renames));
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [nameOf(key, renames), inApiNames(part, renames)]));
};

/** An object without the properties that the program left out. */
export const given = <T extends object>(parts: T): { [P in keyof T]: Exclude<T[P], undefined> } =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as never;
