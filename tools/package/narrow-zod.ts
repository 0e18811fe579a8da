import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import { failed, Rejected } from '../../domain/kernel/failure.ts';

const schemas = /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/;

/** A namespace that is asked for through another one is bundled whole: this is so in two places. */
const helpers = /^import \{ util \} from "\.\.\/core\/index\.js";$/m;
const helper = /\bcore\.util\./g;
/**
 * `z.string().email(params)` and the like, each of which zod has as `z.email(params)` too, where it costs nothing until it is used. As methods of
 * every string they bring all formats with them.
 */
const formats = /^ {4}(\w+)\(params\) \{\n\s+return this\.check\(core\._\w+\(Zod\w+, params\)\);\n {4}\},?\n/gm;

/**
 * Leaves out of zod what only its way of exporting brings in. A schema that has a format by the method would not load in a function
 * (`TypeError: … is not a function`): narrow-zod.test.ts finds it before.
 */
export const narrowZod: Plugin = {
  name: 'narrow-zod',
  setup: ({ onLoad }) => onLoad({ filter: schemas }, ({ path }) => ({ contents: narrowed(readFileSync(path, 'utf8')), loader: 'js' })),
};

/** The methods of strings that functions do not have, as this source of zod's has them. */
export const formatMethods = (source: string): readonly string[] => [...source.matchAll(formats)].flatMap(([, name = '']) => name);

export const narrowed = (source: string): string => {
  for (const part of [helpers, helper, formats])
    if (source.search(part) < 0)
      throw new Rejected(failed('invalid', 'zod-has-changed', `zod's schemas have nothing like ${part} any more.`));
  return source.replace(helpers, 'import * as util from "../core/util.js";').replaceAll(helper, 'util.').replaceAll(formats, '');
};
