import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

const generator = /[\\/]zod[\\/]v4[\\/]core[\\/](?:to-json-schema|json-schema-processors)\.js$/;

/** Leaves out what zod makes JSON Schema with, a sixth of it: the platform's documents are made when it is packaged. */
export const noJsonSchema: Plugin = {
  name: 'no-json-schema',
  setup: ({ onLoad }) => onLoad({ filter: generator }, ({ path }) => ({ contents: refusing(readFileSync(path, 'utf8')), loader: 'js' })),
};

/** A module with the same names, behind each of which is a function that refuses; schemas have some of them as methods. */
const refusing = (source: string): string => {
  const declared = [...source.matchAll(/^export (?:async )?(?:function|const) (\w+)/gm)].map((match) => match[1]);
  const listed = [...source.matchAll(/^export \{([^}]*)\}/gm)].flatMap((match) =>
    (match[1] ?? '').split(',').map((one) => one.trim().split(' as ').at(-1)),
  );
  const names = [...declared, ...listed].filter((name) => name).map((name) => `refuse as ${name}`);
  return `const refuse = () => { throw new TypeError('a packaged function makes no JSON Schema'); };\nexport { ${names.join(', ')} };\n`;
};
