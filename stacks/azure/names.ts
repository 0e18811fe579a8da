import { createHash } from 'node:crypto';

/**
 * A UUID that follows from what it names. Assignments and definitions of roles at Cosmos DB are called by one: another grant has another, so that the
 * new one can be made before the old one goes. (RFC 9562, version 8: the bits are the SHA-256's.)
 */
export const uuidOf = (...parts: readonly string[]): string => {
  const hex = createHash('sha256').update(parts.join('\n').toLowerCase()).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
};

/** The app that a unit runs in: all units of a context share one, `models-http` and `models-events` the app `models`. */
export const appOf = ({ name, trigger }: { readonly name: string; readonly trigger: string }): string => name.slice(0, -trigger.length - 1);

/** What an app's storage account is called before Pulumi's own eight letters: an account has no dash in its name, and 24 letters at most. */
export const storageOf = (app: string): string => `${app.replaceAll('-', '')}rt`;

/** Where messages of a queue go that were tried too often: the runtime of Azure Functions knows this name. */
export const poisonOf = (queue: string): string => `${queue}-poison`;

/** The app of a unit that is known by its name. */
export const appNamed = (
  { units }: { readonly units: readonly { readonly name: string; readonly trigger: string }[] },
  unit: string,
): string => {
  const found = units.find(({ name }) => name === unit);
  return found === undefined ? unit : appOf(found);
};
