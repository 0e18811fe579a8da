import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { type CloudName, recipes, vendorSdk } from './clouds.ts';
import { noJsonSchema } from './no-json-schema.ts';

/** A module that needs no other but Node's and the native libraries, and the sources that it was made of (from the repository's root). */
export type Module = { readonly code: Uint8Array; readonly sources: readonly string[] };

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Loaded from `node_modules` beside the module, and only when they are needed. */
const nativePackages = ['onnxruntime-node', '@duckdb/node-api'];

/** Some packages are CommonJS and call `require`, which a module does not have. A shorter name could be one that the minifier gives. */
const requireOfModule =
  "import{createRequire as createRequireOfModule}from'node:module';const require=createRequireOfModule(import.meta.url);";

/** Bundles an entry, given as source text or as a file, for functions on a cloud. The same sources make the same bytes. */
export const bundle = async (entry: { readonly source: string } | { readonly file: string }, cloud: CloudName): Promise<Module> => {
  const { alias, given } = recipes[cloud];
  const { outputFiles, metafile } = await build({
    ...('file' in entry ? { entryPoints: [entry.file] } : { stdin: { contents: entry.source, resolveDir: root, sourcefile: 'entry.js' } }),
    absWorkingDir: root,
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
    plugins: [noJsonSchema],
    external: [...nativePackages, ...given],
    banner: { js: requireOfModule },
    legalComments: 'none',
    logLevel: 'warning',
  });
  const sources = Object.keys(metafile.inputs).filter((source) => source !== 'entry.js');
  refuseSdk(sources);
  return { code: outputFiles[0]?.contents ?? new Uint8Array(), sources };
};

const refuseSdk = (sources: readonly string[]): void => {
  const sdk = sources.find((source) => vendorSdk.test(source));
  if (sdk !== undefined) throw new Rejected(failed('invalid', 'sdk-in-bundle', `A bundle would hold a part of a vendor's client: ${sdk}.`));
};
