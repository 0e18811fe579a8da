import { failed, Rejected } from '../../../domain/kernel/failure.ts';

/** Where requests go, by the path that they begin with. */
export type Routes = (path: string) => URL | undefined;

/**
 * `HYBRID_ROUTES` as a JSON object, `{"/v1/models": "https://…"}`: the longest prefix of whole segments wins; `/` is for all that has none. Throws
 * `Rejected` `invalid-routes`.
 */
export const routesIn = (text = '{}'): Routes => {
  const routes = Object.entries(parsed(text))
    .map(([prefix, target]) => ({ prefix: prefix.replace(/\/+$/, ''), target: urlOf(prefix, target) }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return (path) => routes.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))?.target;
};

const parsed = (text: string): object => {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return invalid('it is no JSON');
  }
};

const urlOf = (prefix: string, target: unknown): URL => {
  if (!prefix.startsWith('/')) return invalid(`"${prefix}" does not begin with a slash`);
  if (typeof target !== 'string' || !URL.canParse(target)) return invalid(`"${prefix}" leads to no URL`);
  return new URL(target);
};

const invalid = (why: string): never => {
  throw new Rejected(failed('invalid', 'invalid-routes', `HYBRID_ROUTES has to be an object of URLs by the path they are for; ${why}.`));
};
