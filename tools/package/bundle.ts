import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { type CloudName, recipes, vendorSdk } from './clouds.ts';
import { leaveOut } from './left-out.ts';
import { narrowZod } from './narrow-zod.ts';

/**
 * A module by the file that it becomes, with those that it loads when they are needed; they need no others but Node's and the native libraries. And
 * the sources that they were made of (from the repository's root).
 */
export type Bundled = { readonly files: { readonly [file: string]: Uint8Array }; readonly sources: readonly string[] };

/** What is bundled: source text or a file, the file's name without `.mjs`, and sources that it loads only by and by (`import('hybrid:http')`). */
export type Entry = ({ readonly source: string } | { readonly file: string }) & {
  readonly name: string;
  readonly later?: { readonly [specifier: string]: string };
};

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Loaded from `node_modules` beside the module, and only when they are needed. */
const nativePackages = ['onnxruntime-node', '@duckdb/node-api'];

/** Some packages are CommonJS and call `require`, which a module does not have. A shorter name could be one that the minifier gives. */
const requireOfModule =
  "import{createRequire as createRequireOfModule}from'node:module';const require=createRequireOfModule(import.meta.url);";

/** Bundles an entry for functions on a cloud. The same sources make the same bytes. */
export const bundle = async (entry: Entry, cloud: CloudName): Promise<Bundled> => {
  const { alias, given } = recipes[cloud];
  const { outputFiles, metafile } = await build({
    entryPoints: [{ out: entry.name, in: 'file' in entry ? entry.file : start }],
    absWorkingDir: root,
    outdir: 'out',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'part-[hash]',
    splitting: entry.later !== undefined,
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    charset: 'utf8',
    conditions: [cloud],
    mainFields: ['module', 'main'],
    alias,
    plugins: [leaveOut, narrowZod, givenSources('source' in entry ? { [start]: entry.source, ...entry.later } : {})],
    external: [...nativePackages, ...given],
    banner: { js: requireOfModule },
    legalComments: 'none',
    logLevel: 'warning',
  });
  const sources = Object.keys(metafile.inputs).filter((source) => !source.startsWith(`${namespace}:`));
  refuseSdk(sources);
  return { files: Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path), contents])), sources };
};

const namespace = 'hybrid';
const start = 'hybrid:start';

/** Resolves modules that are nowhere but here. */
const givenSources = (sources: { readonly [specifier: string]: string }): Plugin => ({
  name: 'given-sources',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^hybrid:/ }, ({ path }) => ({ path, namespace, sideEffects: path === start }));
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: sources[path] ?? '', resolveDir: root, loader: 'js' }));
  },
});

const refuseSdk = (sources: readonly string[]): void => {
  const sdk = sources.find((source) => vendorSdk.test(source));
  if (sdk !== undefined) throw new Rejected(failed('invalid', 'sdk-in-bundle', `A bundle would hold a part of a vendor's client: ${sdk}.`));
};
