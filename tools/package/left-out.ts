import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

const packages = (path: string): RegExp => new RegExp(`[\\\\/]node_modules[\\\\/]${path.replaceAll('/', '[\\\\/]')}\\.[jt]s$`);

/** Modules that packages bring along and that no function calls, and what each function hence does not do. */
const leftOut: readonly { readonly filter: RegExp; readonly not: string }[] = [
  // A sixth of zod: the platform's documents are made when it is packaged.
  { filter: packages('zod/v4/core/(?:to-json-schema|json-schema-processors)'), not: 'makes no JSON Schema' },
  {
    filter: packages('@azure/functions/src/(?:converters/toMcpToolResult|mcp/PromptInvocationContext)'),
    not: 'has no triggers of the Model Context Protocol',
  },
  { filter: packages('cookie/index'), not: 'sets no cookies' },
  { filter: packages('hono/dist/utils/mount'), not: 'mounts no other app' },
  // Bodies are read as streams: functions/kernel/body.ts.
  { filter: packages('hono/dist/utils/body'), not: 'takes no forms' },
];

/** Puts in the place of a module that is left out one with the same names, each of which refuses. */
export const leaveOut: Plugin = {
  name: 'leave-out',
  setup: ({ onLoad }) => {
    for (const { filter, not } of leftOut)
      onLoad({ filter }, ({ path }) => ({ contents: refusing(readFileSync(path, 'utf8'), `a packaged function ${not}`), loader: 'js' }));
  },
};

/** Schemas have some of these names as methods. */
const refusing = (source: string, why: string): string => {
  const declared = [...source.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)].map((match) => match[1]);
  const listed = [...source.matchAll(/^export \{([^}]*)\}/gm)].flatMap((match) =>
    (match[1] ?? '').split(',').map((one) => one.trim().split(' as ').at(-1)),
  );
  const required = [...source.matchAll(/^exports\.(\w+) =/gm)].map((match) => match[1]);
  const names = [...declared, ...listed, ...required].filter((name) => name).map((name) => `refuse as ${name}`);
  return `function refuse() { throw new TypeError('${why}'); }\nexport { ${names.join(', ')} };\n`;
};
